// The map: centres with their number of open slots, the radius as a circle, the coastline as ground.
// Asks no other host for anything unless tiles are configured. The page's lists say the same.
/* global L */
const MAX_ZOOM = 12;

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

async function ground(map, element) {
  if (element.dataset.mapTiles) {
    L.tileLayer(element.dataset.mapTiles, { maxZoom: MAX_ZOOM }).addTo(map);
    return;
  }
  const coast = await (await fetch(element.dataset.mapCoastline)).json();
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
  centers.toSorted((a, b) => a.open - b.open).forEach((center) => pin(center).addTo(map));
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: centers.length > 1 ? 10 : 8, animate: false });
}

function pin(center) {
  const words = `${center.name}: ${center.open} open`;
  const icon = L.divIcon({
    className: center.open ? "map__pin" : "map__pin map__pin--none", html: String(center.open),
    iconSize: [32, 32],
  });
  const link = document.createElement("a");
  link.href = `/centers/${center.id}/`;
  link.textContent = center.name;
  const popup = document.createElement("div");
  popup.append(link, document.createElement("br"), `${center.open} open`);
  return L.marker([center.latitude, center.longitude], { icon, title: words, alt: words }).bindPopup(popup);
}

function drawWithin(part) {
  part.querySelectorAll("[data-map]").forEach(draw);
}

drawWithin(document);
document.addEventListener("htmx:load", (event) => drawWithin(event.detail.elt));
