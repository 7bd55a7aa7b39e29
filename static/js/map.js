// The map: centres with their number of open slots, the radius as a circle, the coastline as ground.
// Asks no other host for anything unless tiles are configured. The page's lists say the same.
/* global L */
const MAX_ZOOM = 12;
const PIN_PX = 32;
const APART_PX = 40;

async function draw(element) {
  if (!element.hidden) return;
  element.hidden = false;
  const map = L.map(element, { maxZoom: MAX_ZOOM, scrollWheelZoom: false, attributionControl: false, zoomSnap: 0.5 });
  map.setView([54.5, -3], 5);
  const found = await contentOf(element);
  L.control.scale({ metric: false }).addTo(map);
  addPlaces(map, found);
  ground(map, element);
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

function addPlaces(map, { origin, metres, centers }) {
  const bounds = L.latLngBounds(centers.map((center) => [center.latitude, center.longitude]));
  if (origin) {
    L.circleMarker(origin, { radius: 6, className: "map__origin", interactive: false }).addTo(map);
    bounds.extend(origin);
  }
  if (origin && metres) {
    const circle = L.circle(origin, { radius: metres, className: "map__radius", interactive: false }).addTo(map);
    bounds.extend(circle.getBounds());
  }
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: centers.length > 1 ? 10 : 8, animate: false });
  const pins = L.layerGroup().addTo(map);
  const place = () => {
    pins.clearLayers();
    groups(map, centers).forEach((group) => pins.addLayer(pin(group)));
  };
  map.on("zoomend", place);
  place();
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

function pin({ centers }) {
  const open = centers.reduce((sum, center) => sum + center.open, 0);
  const words = `${centers.map((center) => center.name).join(", ")}: ${open} open`;
  const icon = L.divIcon({
    className: open ? "map__pin" : "map__pin map__pin--none", html: String(open), iconSize: [PIN_PX, PIN_PX],
  });
  const { latitude, longitude } = centers[0];
  return L.marker([latitude, longitude], { icon, title: words, alt: words }).bindPopup(linksTo(centers), { maxHeight: 180 });
}

function linksTo(centers) {
  const list = document.createElement("ul");
  list.className = "plain-list";
  centers.forEach((center) => {
    const link = document.createElement("a");
    link.href = `/centers/${center.id}/`;
    link.textContent = center.name;
    const item = document.createElement("li");
    item.append(link, ` ${center.open} open`);
    list.append(item);
  });
  return list;
}

function drawWithin(part) {
  part.querySelectorAll("[data-map]").forEach(draw);
}

drawWithin(document);
document.addEventListener("htmx:load", (event) => drawWithin(event.detail.elt));
