/* Network first; the agent's published schedule stays readable without one. */
"use strict";
const STORE = "callcenter-1";
const PAGE = "/me/schedule";

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
));
self.addEventListener("message", ({ data }) => { if (data === "forget") caches.delete(STORE); });

async function fromNetwork(request, isKept) {
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected && isKept) (await caches.open(STORE)).put(request.url, response.clone());
    return response;
  } catch (error) {
    const kept = await caches.match(request.url) || (request.mode === "navigate" && await caches.match(new URL(PAGE, self.location).href));
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPage = pathname === PAGE && request.mode === "navigate";
  if (isPage || pathname.startsWith("/static/")) event.respondWith(fromNetwork(request, true));
  else if (request.mode === "navigate" && pathname.startsWith("/me")) event.respondWith(fromNetwork(request, false));
});
