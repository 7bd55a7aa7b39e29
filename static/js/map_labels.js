// Names on the map: each pin's beside it, then towns, the largest first, where no other name is.
/* global L */
export const PIN_PX = 32;
const LETTER_PX = 7;
const HEIGHT_PX = 18;
const MOST_TOWNS = 30;

// What is within the map is looked at again whenever that changes.
export async function label(map, address, pins) {
  const towns = await (await fetch(address, { credentials: "omit" })).json();
  const names = L.layerGroup().addTo(map);
  const write = () => {
    names.clearLayers();
    const placed = pins.getLayers().map((pin) => ({ name: pin.name, point: map.latLngToContainerPoint(pin.getLatLng()) }));
    const taken = [...boxesOfControls(map), ...placed.map(boxOfPin)];
    placed.forEach((pin) => writePin(map, names, taken, pin));
    writeTowns(map, names, taken, towns);
  };
  map.on("moveend", write);
  write();
}

function boxesOfControls(map) {
  const { left, top } = map.getContainer().getBoundingClientRect();
  return [...map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
    const box = control.getBoundingClientRect();
    return { left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top };
  });
}

function boxOfPin({ point: { x, y } }) {
  return { left: x - PIN_PX / 2, right: x + PIN_PX / 2, top: y - PIN_PX / 2, bottom: y + PIN_PX / 2 };
}

// To the right of its pin, else to the left, below or above.
function writePin(map, names, taken, { name, point: { x, y } }) {
  const beside = PIN_PX / 2 + 2;
  const width = name.length * LETTER_PX;
  const boxes = [
    boxOf(x + beside, y, name), boxOf(x - beside - width, y, name),
    boxOf(x - width / 2, y + beside + HEIGHT_PX / 2, name), boxOf(x - width / 2, y - beside - HEIGHT_PX / 2, name),
  ];
  const box = boxes.find((each) => fits(map, taken, each));
  if (box) names.addLayer(nameAt(map, box, name, "map__name map__name--center"));
}

function writeTowns(map, names, taken, towns) {
  const bounds = map.getBounds();
  let left = MOST_TOWNS;
  towns.forEach(([name, latitude, longitude]) => {
    if (!left || !bounds.contains([latitude, longitude])) return;
    const { x, y } = map.latLngToContainerPoint([latitude, longitude]);
    const box = boxOf(x - (name.length * LETTER_PX) / 2, y, name);
    if (!fits(map, taken, box)) return;
    names.addLayer(nameAt(map, box, name, "map__name"));
    left -= 1;
  });
}

function boxOf(left, middle, name) {
  return { left, right: left + name.length * LETTER_PX, top: middle - HEIGHT_PX / 2, bottom: middle + HEIGHT_PX / 2 };
}

// Takes the box if no other overlaps it and the map shows all of it.
function fits(map, taken, box) {
  const size = map.getSize();
  const isWithin = box.left >= 0 && box.top >= 0 && box.right <= size.x && box.bottom <= size.y;
  const isFree = taken.every((other) => box.right < other.left || other.right < box.left || box.bottom < other.top || other.bottom < box.top);
  if (isWithin && isFree) taken.push(box);
  return isWithin && isFree;
}

// Read by nobody's screen reader: the pins have their names, and the lists say where centres are.
function nameAt(map, box, name, className) {
  const text = document.createElement("span");
  text.textContent = name;
  text.setAttribute("aria-hidden", "true");
  const icon = L.divIcon({ className, html: text, iconSize: [box.right - box.left, HEIGHT_PX], iconAnchor: [0, HEIGHT_PX / 2] });
  const place = map.containerPointToLatLng([box.left, (box.top + box.bottom) / 2]);
  return L.marker(place, { icon, interactive: false, keyboard: false });
}
