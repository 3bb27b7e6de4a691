'use strict';
// One WebSocket to the node that served this page. It is opened again when it closes, and `start` then begins anew.

const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 10000;

const link = { socket: null, id: 0, isReady: false, waiting: new Map(), listeners: new Map(), pauseMs: PAUSE_MIN_MS };

/** There was no node to ask: not the same as an answer that something does not exist. */
class NoConnection extends Error {}

function connect() {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${location.pathname}`);
  link.socket = socket;
  socket.onopen = () => {
    link.pauseMs = PAUSE_MIN_MS;
    start().catch((error) => { console.warn(error); socket.close(); });
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.method) return link.listeners.get(message.params.subscription)?.(message.params.result);
    const waiting = link.waiting.get(message.id);
    link.waiting.delete(message.id);
    if (!waiting) return;
    const { error } = message;
    if (error) waiting.reject(Object.assign(new Error(error.message), { data: error.data, code: error.code }));
    else waiting.resolve(message.result);
  };
  socket.onclose = () => {
    const waiting = [...link.waiting.values()];
    link.waiting.clear();
    link.listeners.clear();
    setReady(false);
    for (const { reject } of waiting) reject(new NoConnection('the connection was closed'));
    setTimeout(connect, link.pauseMs);
    link.pauseMs = Math.min(link.pauseMs * 2, PAUSE_MAX_MS);
    redraw();
  };
}

function rpc(method, ...params) {
  return new Promise((resolve, reject) => {
    if (link.socket?.readyState !== WebSocket.OPEN) return reject(new NoConnection('there is no connection'));
    const id = ++link.id;
    link.waiting.set(id, { resolve, reject });
    link.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  });
}

/** The node's answer, or `null` where it answers with an error. Without a connection this fails as `rpc` does. */
const attempt = (method, ...params) =>
  rpc(method, ...params).catch((error) => { if (error instanceof NoConnection) throw error; return null; });

async function subscribe(method, listener) {
  // Notifications follow the answer, so the listener is there before the first one.
  link.listeners.set(await rpc(method), listener);
}

/** Says in the header whether what the page shows is current. */
function setReady(isReady) {
  link.isReady = isReady;
  $('live').classList.toggle('on', isReady);
  $('live').textContent = isReady ? 'live' : 'connecting';
}
