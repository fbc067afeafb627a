// A gateway of short messages that fails on purpose: it drops the first request of a key, checks
// the signature of each, and takes a key once. To 13900000000 it answers nothing but 422.
//
//   node gateway.mjs SECRET LOG        prints its port; writes one line of JSON for what it took
import { createHmac } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [secret, log] = process.argv.slice(2);
const tries = new Map();
const taken = new Set();

function answer(response, status, words) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(words);
}

const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', piece => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces);
    const stamp = request.headers['x-baigong-timestamp'];
    const wanted = createHmac('sm3', secret).update(`${stamp}.`).update(body).digest('hex');
    if (request.headers['x-baigong-signature'] !== `sm3=${wanted}`) return answer(response, 401, 'bad signature');
    const message = JSON.parse(body);
    const key = request.headers['idempotency-key'];
    if (key !== message.key) return answer(response, 400, 'keys differ');
    if (message.to === '13900000000') return answer(response, 422, '空号');
    const count = (tries.get(key) ?? 0) + 1;
    tries.set(key, count);
    if (count === 1) return request.socket.destroy();
    if (!taken.has(key)) appendFileSync(log, `${JSON.stringify(message)}\n`);
    taken.add(key);
    return answer(response, 202, `G-${taken.size}`);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
