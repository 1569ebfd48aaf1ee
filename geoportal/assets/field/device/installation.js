// The service worker of this page, and how a newer version takes over: when the officer says so.

export class Installation extends EventTarget {
  constructor(address, scope) {
    super();
    this.address = address;
    this.scope = scope;
    /** The worker of a newer version, while it waits. */
    this.waiting = null;
    /** The browser's offer to put the app on the home screen. */
    this.offer = null;
    window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.offer = event;
      this.#change();
    });
  }

  async register() {
    const workers = navigator.serviceWorker;
    if (!workers) return;
    this.registration = await workers.register(this.address, { scope: this.scope });
    workers.addEventListener("controllerchange", () => this.isReplacing && location.reload());
    if (this.registration.waiting && workers.controller) this.#wait(this.registration.waiting);
    this.registration.addEventListener("updatefound", () => {
      const worker = this.registration.installing;
      worker?.addEventListener("statechange", () => {
        if (worker.state === "installed" && workers.controller) this.#wait(worker);
      });
    });
  }

  checkForUpdate() {
    this.registration?.update().catch(() => null); // without a network the version stays
  }

  replace() {
    this.isReplacing = true;
    this.waiting?.postMessage("take over");
  }

  async addToHomeScreen() {
    await this.offer?.prompt();
    this.offer = null;
    this.#change();
  }

  #wait(worker) {
    this.waiting = worker;
    this.#change();
  }

  #change() {
    this.dispatchEvent(new Event("change"));
  }
}
