// What no request may look like: node gate.mjs PORT NGINX-PORT
//
// Each row is sent as it stands, to us and to nginx, and the status of the first answer is compared:
// 0 is a connection that was closed without one. The last column says why we answer otherwise than
// nginx; without it both must be the same. A row with `next` carries a second request behind its first
// one: it must not be answered with 200 (that is how requests are smuggled past a proxy).
import net from 'node:net';

const [port, nginxPort] = process.argv.slice(2).map(Number);
const host = 'Host: desk\r\n';
const stricter = 'we are stricter';

// name, request, ours, nginx's, why they differ
const rows = [
  ['a plain request', `GET /healthz HTTP/1.1\r\n${host}\r\n`, 200, 200],
  ['HTTP/1.0 without Host', 'GET /healthz HTTP/1.0\r\n\r\n', 200, 200],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 400],
  ['two Hosts', `GET /healthz HTTP/1.1\r\n${host}Host: other\r\n\r\n`, 400, 400],
  ['a Host with spaces', 'GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 400],
  ['a Host with a path', 'GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n', 400, 400],
  ['an empty Host', 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n', 400, 400],
  ['a space before the colon', 'GET /healthz HTTP/1.1\r\nHost : desk\r\n\r\n', 400, 400],
  ['a header without a colon', `GET /healthz HTTP/1.1\r\n${host}Nonsense\r\n\r\n`, 400, 200, stricter],
  ['a header without a name', `GET /healthz HTTP/1.1\r\n${host}: value\r\n\r\n`, 200, 400,
    'the library takes the line for the end of the head; the lines behind it are refused as a request'],
  ['a request behind a header without a name', `GET /healthz HTTP/1.1\r\n${host}: value\r\nX: GET /healthz\r\n\r\n`, 200, 400,
    'as above', 'next'],
  ['a header with a space in its name', `GET /healthz HTTP/1.1\r\n${host}X y: z\r\n\r\n`, 400, 400],
  ['a folded header', `GET /healthz HTTP/1.1\r\n${host}X: a\r\n b\r\n\r\n`, 200, 400, 'read as one line, which RFC 9112 (5.2) allows'],
  ['a zero byte in a header', `GET /healthz HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`, 200, 400, 'the value ends there for the library'],
  ['a control character in a header', `GET /healthz HTTP/1.1\r\n${host}X: a\x01b\r\n\r\n`, 400, 200, stricter],
  ['a bare CR in a header', `GET /healthz HTTP/1.1\r\n${host}X: a\rb\r\n\r\n`, 400, 400],
  ['a bare LF as line end', 'GET /healthz HTTP/1.1\nHost: desk\n\n', 200, 200],
  ['a zero byte in the target', `GET /a\0b HTTP/1.1\r\n${host}\r\n`, 404, 400, 'the target ends there for the library'],
  ['an encoded zero byte', `GET /a%00b HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['a control character in the target', `GET /a\x01b HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['a space in the target', `GET /a b HTTP/1.1\r\n${host}\r\n`, 0, 400, 'closed without a word'],
  ['an escape that is none', `GET /%zz HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['an escape that is cut', `GET /%4 HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['a target that is not UTF-8', `GET /%ff%fe HTTP/1.1\r\n${host}\r\n`, 400, 404, stricter],
  ['UTF-8 that is overlong', `GET /%c0%af HTTP/1.1\r\n${host}\r\n`, 400, 404, stricter],
  ['a query that is not UTF-8', `GET /sign-in?next=%ff HTTP/1.1\r\n${host}\r\n`, 400, 200, stricter],
  ['a path that climbs out', `GET /../../etc/passwd HTTP/1.1\r\n${host}\r\n`, 404, 400,
    'paths are names in a table here, none is a file'],
  ['a path that climbs out, encoded', `GET /asset/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n${host}\r\n`, 404, 400,
    'paths are names in a table here, none is a file'],
  ['a path with an encoded slash', `GET /healthz%2f.. HTTP/1.1\r\n${host}\r\n`, 404, 404],
  ['a path with a backslash', `GET /..\\..\\etc HTTP/1.1\r\n${host}\r\n`, 404, 404],
  ['two slashes', `GET //healthz HTTP/1.1\r\n${host}\r\n`, 404, 200, 'an address has one spelling here'],
  ['a target that is a name', `GET healthz HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['an absolute target', `GET http://desk/healthz HTTP/1.1\r\n${host}\r\n`, 400, 200, stricter],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['CONNECT', `CONNECT desk:443 HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['TRACE', `TRACE /healthz HTTP/1.1\r\n${host}\r\n`, 405, 405],
  ['a method in small letters', `get /healthz HTTP/1.1\r\n${host}\r\n`, 405, 400,
    'a word that is no method of ours'],
  ['a method with a sign', `GE[T /healthz HTTP/1.1\r\n${host}\r\n`, 400, 400],
  ['HTTP/1.2', `GET /healthz HTTP/1.2\r\n${host}\r\n`, 400, 200, stricter],
  ['HTTP/2.0', `GET /healthz HTTP/2.0\r\n${host}\r\n`, 505, 505],
  ['HTTP/9', `GET /healthz HTTP/9\r\n${host}\r\n`, 400, 505, 'another word for the same'],
  ['HTTP/0.9', 'GET /healthz\r\n\r\n', 400, 0, 'nginx answers as HTTP/0.9 did, without a status'],
  ['no request at all', 'nonsense\r\n\r\n', 0, 400, 'closed without a word'],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 0, 400, 'closed without a word'],
  ['a length that is no number', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: x\r\n\r\n`, 400, 400],
  ['a negative length', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, 400, 400],
  ['a length with a sign', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc`, 400, 400],
  ['a length in base 16', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 0x3\r\n\r\nabc`, 400, 400],
  ['a length beyond 64 bits', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\n`, [400, 413], 400, stricter],
  ['an enormous length', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 99999999999\r\n\r\n`, 413, 413],
  ['two lengths', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400, 400],
  ['two equal lengths', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400, 400],
  ['a list of lengths', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 3, 3\r\n\r\nabc`, 400, 400],
  ['length and chunks', `POST /sign-in HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 400],
  ['chunks and length, with a second request', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n${host}\r\n`, 400, 400, null, 'next'],
  ['chunked twice', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 400],
  ['an encoding that hides chunked', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400, 501, stricter],
  ['chunked with a tail', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400, 501, stricter],
  ['chunked with a vertical tab', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`, 400, 501, stricter],
  ['chunks in HTTP/1.0', `POST /sign-in HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 400],
  ['a chunk with a size that is none', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`, [0, 400], 400, 'closed, with or without a word'],
  ['a chunk beyond 64 bits', `POST /sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n`, [0, 400, 413], [400, 413], 'closed, with or without a word'],
  ['a line that is too long', `GET /${'a'.repeat(20000)} HTTP/1.1\r\n${host}\r\n`, 414, 414],
  ['a header that is too long', `GET /healthz HTTP/1.1\r\n${host}X: ${'a'.repeat(40000)}\r\n\r\n`, 431, 400, 'the code that says why'],
  ['too many headers', `GET /healthz HTTP/1.1\r\n${host}${'X: a\r\n'.repeat(100)}\r\n`, 400, 200, stricter],
  ['a body for a page without one', `GET /healthz HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`, 200, 200],
  ['a method that a page has not', `DELETE /healthz HTTP/1.1\r\n${host}\r\n`, 405, 200, 'nginx takes any method there'],
  ['a page that is not there', `GET /nothing HTTP/1.1\r\n${host}\r\n`, 404, 404],
  ['a cookie of wrong bytes', `GET /healthz HTTP/1.1\r\n${host}Cookie: baigong=\xff\xfe; =; ;;\r\n\r\n`, 200, 200],
  ['a form that is not UTF-8', `POST /sign-in HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nlogin=%ff`, 400, 200, 'nginx has no forms'],
  ['a form of another kind', `POST /sign-in HTTP/1.1\r\n${host}Content-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>`, 400, 200, 'nginx has no forms'],
  ['JSON that is cut', `POST /sign-in HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"login":`, 400, 200, 'nginx has no forms'],
  ['an upload without a boundary', `POST /sign-in HTTP/1.1\r\n${host}Content-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\n--x\r`, 400, 200, 'nginx has no forms'],
];

// The statuses of all answers that come until the connection closes or is silent.
function ask(to, request) {
  return new Promise((resolve) => {
    const socket = net.connect(to, '127.0.0.1');
    let text = '';
    let timer = setTimeout(() => socket.destroy(), 700);
    const done = () => {
      clearTimeout(timer);
      resolve([...text.matchAll(/^HTTP\/1\.[01] (\d{3})|\r\nHTTP\/1\.[01] (\d{3})/g)].map((m) => Number(m[1] ?? m[2])));
    };
    socket.on('data', (data) => {
      text += data.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), 150);
    });
    socket.on('error', () => {});
    socket.on('close', done);
    socket.on('connect', () => socket.write(Buffer.from(request, 'latin1')));
  });
}

const fits = (wanted, got) => (Array.isArray(wanted) ? wanted.includes(got) : wanted === got);
let failed = 0;
const differ = [];
for (const [name, request, ours, nginxs, why, next] of rows) {
  const [mine, theirs] = await Promise.all([ask(port, request), ask(nginxPort, request)]);
  let problem = '';
  if (!fits(ours, mine[0] ?? 0)) problem = `we answer ${mine[0] ?? 0}, not ${ours}`;
  if (!fits(nginxs, theirs[0] ?? 0)) problem += ` nginx answers ${theirs[0] ?? 0}, not ${nginxs}`;
  if (next && mine.slice(1).includes(200)) problem += ' the request behind it was answered';
  if (JSON.stringify(ours) !== JSON.stringify(nginxs) && !why) problem += ' without a reason for the difference';
  if (mine.some((status) => status === 500)) problem += ' 500';
  if (problem) { failed++; console.log(`FAILED ${name}: ${problem}`); }
  if (why) differ.push(name);
}
console.log(`${rows.length} requests, ${differ.length} answered otherwise than by nginx, ${failed} failed`);
process.exit(failed ? 1 : 0);
