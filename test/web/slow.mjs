// Slow senders against a server with --head 1: node slow.mjs PORT
import net from 'node:net';
import http from 'node:http';

const port = Number(process.argv[2]);
const head = 'GET /healthz HTTP/1.1\r\nHost: desk\r\nX-A: b\r\n';

// Sends one byte each 200 ms; the seconds until the server closes, or null.
function drip(first, rest, limitS) {
  return new Promise((resolve) => {
    const begun = Date.now();
    const socket = net.connect(port, '127.0.0.1');
    let at = 0;
    const timer = setInterval(() => {
      if (Date.now() - begun > limitS * 1000) { clearInterval(timer); socket.destroy(); resolve(null); return; }
      socket.write(rest[at++ % rest.length]);
    }, 200);
    socket.on('connect', () => socket.write(first));
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => { clearInterval(timer); resolve((Date.now() - begun) / 1000); });
  });
}

const healthy = () => new Promise((resolve) => {
  http.get({ port, host: '127.0.0.1', path: '/healthz', agent: false }, (answer) => { answer.resume(); resolve(answer.statusCode === 200); })
    .on('error', () => resolve(false));
});

const drips = [
  ['a head that never ends', drip(head, 'X: y\r\n', 6)],
  ['a request line that never ends', drip('GET /', 'a', 6)],
  ['a body that never ends', drip('POST /sign-in HTTP/1.1\r\nHost: desk\r\nContent-Length: 4000\r\n\r\n', 'a', 6)],
  ['nothing at all', drip('', ['', ''], 6)],
];
const crowd = Array.from({ length: 200 }, () => drip(head, 'Y', 6));
await new Promise((resolve) => setTimeout(resolve, 300));
let failed = 0;
const started = Date.now();
for (let i = 0; i < 20; i++) if (!(await healthy())) { failed++; console.log('FAILED others were not served'); break; }
if (Date.now() - started > 2000) { failed++; console.log('FAILED others waited'); }
for (const [name, promise] of drips) {
  const seconds = await promise;
  const fits = seconds !== null && seconds >= 0.8 && seconds < 4.5;
  if (!fits) failed++;
  console.log(`${fits ? 'ok    ' : 'FAILED'} ${name}: closed after ${seconds ?? 'never'} s`);
}
if ((await Promise.all(crowd)).some((seconds) => seconds === null)) { failed++; console.log('FAILED one of 200 was not cut off'); }
process.exit(failed ? 1 : 0);
