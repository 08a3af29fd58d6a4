/** A whole HTTP/1.1 request; `host` decides which account of a node answers. */
export function httpRequest(first: string, host: string, body: Uint8Array): Buffer {
  const head = `${first} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/octet-stream\r\naccept: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
