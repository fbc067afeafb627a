// What answers look like, learned from answers: each route's own schema, with nothing beside it.
//
// A node counts the values seen in one place: how many, of which types, their members and elements. Days,
// instants and yuan are told by their form when every text has it. What was seen a few times only may be
// missing or null another time. The fields of a fact (values beside record) are the registry's to describe.
import fs from 'node:fs';

const FORMS = { Day: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, Instant: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$/,
  Yuan: /^-?[0-9]+\.[0-9]{2}$/ };
const newNode = () => ({ count: 0, types: {}, forms: {}, members: {}, items: null });

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? 'integer' : typeof value;
}

function add(node, value) {
  const type = typeOf(value);
  node.count++;
  node.types[type] = (node.types[type] ?? 0) + 1;
  if (type === 'string') for (const [name, form] of Object.entries(FORMS)) if (form.test(value)) node.forms[name] = (node.forms[name] ?? 0) + 1;
  if (type === 'array') for (const one of value) add(node.items ??= newNode(), one);
  if (type === 'object') for (const [name, one] of Object.entries(value)) add(node.members[name] ??= newNode(), one);
}

const SEEN_OFTEN = 50;

function textOf(node) {
  const form = Object.keys(FORMS).find((name) => node.forms[name] === node.types.string);
  return form ? { $ref: `#/components/schemas/${form}` } : { type: 'string' };
}

function schemaOf(node) {
  const types = new Set(Object.keys(node.types));
  if (types.size === 1 && types.has('null')) return { $ref: '#/components/schemas/Value' };
  const isLeaf = !types.has('object') && !types.has('array') && !types.has('boolean');
  if (isLeaf && node.count < SEEN_OFTEN) types.add('null');
  const kinds = [...types].sort().map((type) => {
    if (type === 'string') return textOf(node);
    if (type === 'array') return { type, items: node.items ? schemaOf(node.items) : { $ref: '#/components/schemas/Value' } };
    if (type !== 'object') return { type };
    const names = Object.keys(node.members).sort();
    const required = names.filter((name) => node.members[name].count === node.types.object
      && !name.endsWith('_id') // who else is meant is often nobody
      && (node.types.object >= SEEN_OFTEN || ['id', 'page'].includes(name) || 'array' in node.members[name].types));
    const schema = { type };
    if (required.length > 0) schema.required = required;
    schema.properties = Object.fromEntries(names.map((name) => [name,
      name === 'values' && 'record' in node.members ? { $ref: '#/components/schemas/Values' } : schemaOf(node.members[name])]));
    schema.additionalProperties = false;
    return schema;
  });
  return kinds.length === 1 ? kinds[0] : { anyOf: kinds };
}

export function readSeen(path) {
  return fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, 'utf8')) : {};
}

export function addSeen(seen, operation, body) {
  add(seen[operation] ??= newNode(), body);
}

// One line a route: a difference shows which route answers otherwise.
export function writeAnswers(path, seen, target) {
  fs.writeFileSync(path, JSON.stringify(seen));
  const lines = Object.keys(seen).sort().map((name) => `${JSON.stringify(name)}: ${JSON.stringify(schemaOf(seen[name]))}`);
  fs.writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
}
