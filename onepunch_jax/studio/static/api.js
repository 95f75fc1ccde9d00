// Requests to the server. Errors carry the server's own sentence; a server that does not answer is
// a `Lost`, which callers may try again.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export class Lost extends Error {}

async function request(method, path, { body, signal, type } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      body,
      signal,
      credentials: 'same-origin',
      headers: { 'X-Studio': '1', ...(type ? { 'Content-Type': type } : {}) },
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Lost('The server does not answer.');
  }
  if (response.ok) return response;
  let message = `The server refused this (${response.status}).`;
  try {
    message = (await response.json()).error ?? message;
  } catch {
    // no JSON: the number has to do
  }
  throw new Refused(message, response.status);
}

export const get = async (path, signal) => (await request('GET', path, { signal })).json();

export async function send(method, path, value, signal) {
  const body = value === undefined ? undefined : JSON.stringify(value);
  const response = await request(method, path, { body, signal, type: body && 'application/json' });
  return response.status === 204 ? null : response.json();
}

const PARTS = 'application/x-onepunch-parts';

/**
 * Posts a value; yields {kind, bytes} of a stream of parts as they come, or, where the answer is
 * JSON, one part of the kind 'result'.
 */
export async function* parts(path, value, signal) {
  const body = JSON.stringify(value);
  const response = await request('POST', path, { body, signal, type: 'application/json' });
  if (!response.headers.get('Content-Type')?.startsWith(PARTS)) {
    yield { kind: 'result', bytes: new Uint8Array(await response.arrayBuffer()) };
    return;
  }
  const reader = response.body.getReader();
  let left = new Uint8Array();
  const more = async () => {
    const { done, value: chunk } = await read(reader);
    if (done) return false;
    const both = new Uint8Array(left.length + chunk.length);
    both.set(left);
    both.set(chunk, left.length);
    left = both;
    return true;
  };
  for (;;) {
    let end;
    while ((end = left.indexOf(10)) < 0) if (!(await more())) return;
    const { kind, bytes: size } = decode(left.subarray(0, end));
    while (left.length < end + 1 + size) {
      if (!(await more())) throw new Lost('The answer did not come whole.');
    }
    yield { kind, bytes: left.slice(end + 1, end + 1 + size) };
    left = left.slice(end + 1 + size);
  }
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Lost('The server does not answer.');
  }
}

/** The JSON of a part. */
export const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** Sends a file as it is; the server reads what it is from its bytes. */
export async function upload(path, name, blob) {
  const mark = path.includes('?') ? '&' : '?';
  const address = `${path}${mark}name=${encodeURIComponent(name)}`;
  return (await request('PUT', address, { body: blob, type: 'application/octet-stream' })).json();
}

/** A picture as it comes. */
export const blob = async (path, signal) => (await request('GET', path, { signal })).blob();

/** A picture, decoded off the main thread. */
export const picture = async (path, signal) => createImageBitmap(await blob(path, signal));

/** A file and the name that the server gives it. */
export async function file(path) {
  const response = await request('GET', path);
  const disposition = response.headers.get('Content-Disposition') ?? '';
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(disposition);
  const name = coded ? decodeURIComponent(coded[1]) : /filename="?([^";]+)/.exec(disposition)?.[1];
  return { blob: await response.blob(), name: name ?? 'page' };
}
