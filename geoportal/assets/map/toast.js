// A sentence over the map for a few seconds.

const SHOWN = 8000; // milliseconds

export class Toast {
  constructor(node) {
    this.node = node;
  }

  show(sentence) {
    this.node.textContent = sentence;
    this.node.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.node.hidden = true;
    }, SHOWN);
  }
}
