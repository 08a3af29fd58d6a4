/** Shows the network that this page came from, live, and fills its name into the commands. */

const refreshMs = 3000;
const names = /^(?!-)(?!.*--)[a-z0-9-]{1,10}(?<!-)$/;

const state = document.querySelector("#state");
const nameField = document.querySelector("#name");
const address = document.querySelector("#address");

function fill(selector, text) {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
}

async function read(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** The way of a name that is no account's is not offered. */
function showName(host) {
  const name = nameField.value.trim().toLowerCase();
  const valid = names.test(name);
  nameField.setAttribute("aria-invalid", String(!valid));
  if (!valid) return;
  fill("[data-name]", name);
  address.href = `${location.protocol}//${name}.${host}/`;
}

function showState(kind, text) {
  if (state.dataset.state === kind && state.textContent === text) return;
  state.dataset.state = kind;
  state.textContent = text;
}

function showHead(head) {
  fill("[data-fact=height]", head.num.toLocaleString());
  fill("[data-fact=root]", head.stateRoot);
  const time = document.querySelector("[data-fact=time]");
  time.dateTime = head.time;
  time.title = new Date(head.time).toLocaleString();
  time.textContent = ago(Date.parse(head.time));
}

function ago(timeMs) {
  const seconds = Math.max(0, Math.round((Date.now() - timeMs) / 1000));
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  if (seconds < 60) return format.format(-seconds, "second");
  if (seconds < 3600) return format.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(-Math.round(seconds / 3600), "hour");
  return format.format(-Math.round(seconds / 86_400), "day");
}

async function refresh() {
  try {
    showHead(await read("/common/head"));
    showState("up", "Up to date");
  } catch {
    // What is shown stays, and says that it may be old.
    if (navigator.onLine) showState("away", "This node does not answer; trying again");
    else showState("stale", "You are offline");
  }
}

async function showNetwork() {
  const [host, chain] = await Promise.all([read("/common/rootdomain"), read("/common/chainid")]);
  const node = `${location.protocol}//${host}`;
  fill("[data-network]", host.replace(/:\d+$/, ""));
  fill("[data-host]", host);
  fill("[data-fact=chain]", chain);
  if (node !== "http://kith.localhost:8080") fill("[data-node]", ` --node ${node}`);
  document.title = host.replace(/:\d+$/, "");
  nameField.addEventListener("input", () => showName(host));
  showName(host);
}

async function copy(button) {
  const label = button.textContent;
  const text = button.previousElementSibling.textContent.replaceAll(/\s+/g, " ").trim();
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Without permission the text is selected, so that the usual keys copy it.
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = label), 1500);
}

document.querySelector("#choose").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll(".command button")) {
  button.addEventListener("click", () => void copy(button));
}

await showNetwork().catch(() => undefined);
await refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, refreshMs);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh();
});
