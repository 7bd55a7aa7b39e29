// The map: centres with their number of open slots, the radius as a circle, the coastline as ground,
// names of towns and centres where there is room. Asks no other host for anything unless tiles are
// configured. The page's lists say the same.
/* global L */
import { label, PIN_PX } from "./map_labels.js";
import { boxesOf, choices, showChosen } from "./map_choices.js";

const MAX_ZOOM = 12;
const NEAR_ZOOM = 10;
const APART_PX = 40;
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const DIRECTIONS = "https://www.google.com/maps/dir/?api=1&destination=";

async function draw(element) {
  if (!element.hidden) return;
  element.hidden = false;
  const map = L.map(element, {
    maxZoom: MAX_ZOOM, scrollWheelZoom: false, attributionControl: false, zoomSnap: 0.5, zoomControl: false,
    zoomAnimation: !STILL, fadeAnimation: !STILL, markerZoomAnimation: !STILL, inertia: !STILL,
  });
  map.setView([54.5, -3], 5);
  const found = await contentOf(element);
  // Popups open upwards from their pin and are moved clear of what is at the top.
  L.control.zoom({ position: "bottomright" }).addTo(map);
  L.control.scale({ metric: false }).addTo(map);
  const pins = addPlaces(map, found, boxesOf(element));
  keepFocus(map);
  ground(map, element);
  if (!element.dataset.mapTiles) label(map, element.dataset.mapTowns, pins);
}

async function contentOf(element) {
  const inline = element.dataset.mapContent;
  if (inline) return JSON.parse(document.getElementById(inline).textContent);
  return (await fetch(element.dataset.mapUrl)).json();
}

export async function ground(map, element) {
  if (element.dataset.mapTiles) {
    L.tileLayer(element.dataset.mapTiles, { maxZoom: MAX_ZOOM }).addTo(map);
    return;
  }
  const coast = await (await fetch(element.dataset.mapCoastline, { credentials: "omit" })).json();
  L.geoJSON(coast, { interactive: false, style: { className: "map__land" } }).addTo(map).bringToBack();
}

function addPlaces(map, { origin, metres, centers }, boxes) {
  const bounds = L.latLngBounds(centers.map((center) => [center.latitude, center.longitude]));
  if (origin) {
    L.circleMarker(origin, { radius: 6, className: "map__origin", interactive: false }).addTo(map);
    bounds.extend(origin);
  }
  if (origin && metres) {
    const circle = L.circle(origin, { radius: metres, className: "map__radius", interactive: false }).addTo(map);
    bounds.extend(circle.getBounds());
  }
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: NEAR_ZOOM, animate: false });
  const pins = L.layerGroup().addTo(map);
  const place = () => {
    pins.clearLayers();
    groups(map, centers).forEach((group) => pins.addLayer(pin(group, boxes)));
  };
  map.on("zoomend", place);
  place();
  return pins;
}

// Centres whose pins would lie on each other share one, so that each can be seen, pressed and reached.
function groups(map, centers) {
  const found = [];
  [...centers].sort((a, b) => b.open - a.open).forEach((center) => {
    const point = map.project([center.latitude, center.longitude]);
    const near = found.find((group) => group.point.distanceTo(point) < APART_PX);
    if (near) near.centers.push(center);
    else found.push({ point, centers: [center] });
  });
  return found;
}

function pin({ centers }, boxes) {
  const open = centers.reduce((sum, center) => sum + center.open, 0);
  const words = `${centers.map((center) => center.name).join(", ")}: ${open} open`;
  const icon = L.divIcon({
    className: open ? "map__pin" : "map__pin map__pin--none", html: String(open), iconSize: [PIN_PX, PIN_PX],
  });
  const { latitude, longitude } = centers[0];
  const marker = L.marker([latitude, longitude], { icon, title: words, alt: words });
  marker.name = centers.length > 1 ? `${centers[0].name} and ${centers.length - 1} more` : centers[0].name;
  if (boxes) marker.on("add", () => showChosen(marker, words, centers, boxes));
  const content = boxes ? () => choices(centers, boxes) : linksTo(centers);
  return marker.bindPopup(content, { maxHeight: 180, autoPan: true, autoPanPadding: [12, 12] });
}

function linksTo(centers) {
  const list = document.createElement("ul");
  list.className = "plain-list";
  centers.forEach((center) => {
    const item = document.createElement("li");
    item.append(linkTo(`/centers/${center.id}/`, center.name), ` ${center.open} open `, directionsTo(center));
    list.append(item);
  });
  return list;
}

function directionsTo({ name, latitude, longitude }) {
  const link = linkTo(`${DIRECTIONS}${latitude},${longitude}`, "Directions");
  link.rel = "noopener noreferrer";
  link.setAttribute("aria-label", `Directions to ${name}`);
  return link;
}

function linkTo(address, text) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = text;
  return link;
}

// A popup that the keyboard opened has the focus; Esc, or its button, closes it and gives it back.
function keepFocus(map) {
  let opener = null;
  map.on("popupopen", ({ popup }) => {
    if (!document.activeElement.matches(".map__pin")) return;
    opener = document.activeElement;
    popup.getElement().querySelector("a, input").focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    const inside = popup.getElement()?.contains(document.activeElement) || document.activeElement === document.body;
    if (opener?.isConnected && inside) opener.focus({ preventScroll: true });
    opener = null;
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
}

// What is folded away has no size yet.
function drawOnceSeen(element) {
  const fold = element.closest("details:not([open])");
  if (fold) fold.addEventListener("toggle", () => draw(element), { once: true });
  else draw(element);
}

function drawWithin(part) {
  part.querySelectorAll("[data-map]").forEach(drawOnceSeen);
}

drawWithin(document);
document.addEventListener("htmx:load", (event) => drawWithin(event.detail.elt));
