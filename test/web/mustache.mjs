// Shows the corpus of templates with npm mustache and compares with what the program shows.
//
//   node mustache.mjs PROGRAM CORPUS     PROGRAM is view_corpus: TEMPLATE JSON to standard output
//
// CORPUS/NAME.mustache is shown with CORPUS/NAME.json; other templates of the folder are partials.
import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import Mustache from 'mustache';

const [program, corpus] = process.argv.slice(2);
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
Mustache.escape = text => String(text).replace(/[&<>"']/g, c => escapes[c]);

const names = readdirSync(corpus).filter(f => f.endsWith('.mustache')).map(f => f.slice(0, -9));
const partials = Object.fromEntries(
  names.map(name => [name, readFileSync(`${corpus}/${name}.mustache`, 'utf8')]));
let passed = 0;
let failed = 0;
for (const name of readdirSync(corpus).filter(f => f.endsWith('.json')).map(f => f.slice(0, -5))) {
  const view = JSON.parse(readFileSync(`${corpus}/${name}.json`, 'utf8'));
  const wanted = Mustache.render(partials[name], view, partials);
  const shown = execFileSync(program, [corpus, name], { encoding: 'utf8' });
  if (shown === wanted) { passed++; continue; }
  failed++;
  console.log(`FAILED ${name}\nwanted ${JSON.stringify(wanted)}\nshown  ${JSON.stringify(shown)}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
