// Placing a test centre: a pin that follows latitude and longitude, and they it.
/* global L */
import { ground } from "./map.js";

const BRITAIN = [54.5, -3];
const DECIMALS = 6;

function place(panel) {
  const inputs = ["latitude", "longitude"].map((name) => document.getElementById(`id_${name}`));
  if (!inputs.every(Boolean)) return;
  panel.hidden = false;
  const { map, pin } = draw(panel);
  const follow = () => show(map, pin, inputs);
  inputs.forEach((input) => input.addEventListener("input", follow));
  map.on("click", (event) => write(inputs, event.latlng, follow));
  pin.on("dragend", () => write(inputs, pin.getLatLng(), follow));
  follow();
  panel.querySelector("[data-place-by-postcode]").addEventListener("click", () => byPostcode(panel, inputs, follow));
}

function draw(panel) {
  const map = L.map(panel.querySelector("[data-place-map]"), { maxZoom: 17, attributionControl: false });
  map.setView(BRITAIN, 5);
  L.control.scale({ metric: false }).addTo(map);
  ground(map, { dataset: { mapTiles: panel.dataset.placeTiles, mapCoastline: panel.dataset.placeCoastline } });
  const icon = L.divIcon({ className: "staff-map__pin", iconSize: [28, 28], iconAnchor: [14, 33] });
  return { map, pin: L.marker(BRITAIN, { icon, draggable: true, autoPan: true, title: "The test centre", alt: "The test centre" }) };
}

// The pin stands where the fields say; away with it when they say nothing.
function show(map, pin, inputs) {
  const degrees = inputs.map((input) => (input.value.trim() ? Number(input.value) : NaN));
  if (degrees.some(Number.isNaN)) return pin.remove();
  pin.setLatLng(degrees);
  if (map.hasLayer(pin)) return map.panInside(degrees, { padding: [40, 40] });
  pin.addTo(map);
  return map.setView(degrees, 10, { animate: false });
}

function write(inputs, { lat, lng }, follow) {
  [lat, lng].forEach((degrees, which) => { inputs[which].value = degrees.toFixed(DECIMALS); });
  follow();
}

async function byPostcode(panel, inputs, follow) {
  const postcode = document.getElementById("id_postcode").value;
  const query = new URLSearchParams({ postcode });
  const said = panel.querySelector("[data-place-said]");
  const found = await (await fetch(`${panel.dataset.placeLocate}?${query}`)).json();
  said.textContent = found.problem || found.said;
  if (found.problem) return;
  write(inputs, { lat: Number(found.latitude), lng: Number(found.longitude) }, follow);
}

document.querySelectorAll("[data-place]").forEach(place);
