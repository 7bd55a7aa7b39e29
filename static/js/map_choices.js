// A map in a form, whose pins choose: each popup has a box for each of its centres, which goes with the
// form's own. The form's boxes are what is sent.

// The form's boxes by their centre's id; null for a map that only shows.
export function boxesOf(element) {
  const name = element.dataset.mapChooses;
  if (!name) return null;
  const boxes = element.closest("form").querySelectorAll(`input[type=checkbox][name=${name}]`);
  return new Map([...boxes].map((box) => [Number(box.value), box]));
}

export function choices(centers, boxes) {
  const list = document.createElement("ul");
  list.className = "plain-list";
  centers.forEach((center) => {
    const item = document.createElement("li");
    item.append(choice(center, boxes.get(center.id)));
    list.append(item);
  });
  return list;
}

function choice({ name, open }, box) {
  const label = document.createElement("label");
  const mirror = document.createElement("input");
  label.className = "choice";
  mirror.type = "checkbox";
  mirror.checked = box.checked;
  mirror.addEventListener("change", () => {
    box.checked = mirror.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  label.append(mirror, ` ${name}, ${open} open`);
  return label;
}

// A pin looks chosen, and says so, while any of its centres is.
export function showChosen(marker, words, centers, boxes) {
  const own = centers.map((center) => boxes.get(center.id));
  const show = () => {
    const isChosen = own.some((box) => box.checked);
    marker.getElement()?.classList.toggle("map__pin--chosen", isChosen);
    marker.getElement()?.setAttribute("title", isChosen ? `${words}, chosen` : words);
  };
  own.forEach((box) => box.addEventListener("change", show));
  marker.once("remove", () => own.forEach((box) => box.removeEventListener("change", show)));
  show();
}
