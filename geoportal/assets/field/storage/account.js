// Whose phone this is now, and what is forgotten with an account.

import { NoOfficer, SignedOut } from "../queue/server.js";
import { accounts, forgetOthers, noteAccount } from "./store.js";

const PHOTOS = "field-photos"; // what the worker keeps of cases

/** Nobody's pages can be shown; the message says why. */
export class NobodyHere extends Error {}

/** {account, user, officer, signedOut}: who is signed in, or without an answer who was here last. */
export async function identify(server, device) {
  let signedOut = false;
  try {
    const { account, user, officer } = await server.token();
    if (device.last?.account !== account) await forgetCasesOfOthers(account);
    device.last = { account, user, officer };
  } catch (problem) {
    if (problem instanceof NoOfficer) {
      await forgetCasesOfOthers();
      throw new NobodyHere(problem.message);
    }
    signedOut = problem instanceof SignedOut;
  }
  if (!device.last) return null;
  noteAccount(device.last.account, { user: device.last.officer });
  if (signedOut) await forgetCasesOfOthers();
  return { ...device.last, signedOut };
}

/** What the portal told others than `account` leaves this phone, pictures included; what they never sent stays. */
export async function forgetCasesOfOthers(account = "") {
  await forgetPictures();
  await forgetOthers(account);
}

export async function forgetPictures() {
  await globalThis.caches?.delete(PHOTOS);
}

/** How many items of all accounts wait on this phone. */
export function waitingCount() {
  return Object.values(accounts()).reduce((sum, { waiting = 0 }) => sum + waiting, 0);
}

/** {user, waiting} of other accounts with something that waits. */
export function waitingOthers(account) {
  return Object.entries(accounts()).flatMap(([id, other]) =>
    id !== account && other.waiting ? [other] : [],
  );
}
