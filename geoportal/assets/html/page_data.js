// What the portal put into the page as JSON.

export function pageData(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
