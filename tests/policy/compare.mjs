// compare.mjs A B: are the documents of two JSON-lines files the same, scalars and lists of one alike?
import { readFileSync } from 'node:fs';
const lists = new Set(['Action', 'NotAction', 'Resource', 'NotResource', 'Statement']);
const sorted = v => Array.isArray(v) ? v.map(sorted) : v && typeof v === 'object' ?
	Object.fromEntries(Object.keys(v).sort().map(k => [k, sorted(v[k])])) : v;
const norm = d => {
	for (const k of Object.keys(d)) if (lists.has(k) && !Array.isArray(d[k])) d[k] = [d[k]];
	for (const s of d.Statement) {
		for (const k of Object.keys(s)) if (lists.has(k) && !Array.isArray(s[k])) s[k] = [s[k]];
		for (const keys of Object.values(s.Condition ?? {}))
			for (const k of Object.keys(keys)) if (!Array.isArray(keys[k])) keys[k] = [keys[k]];
	}
	return JSON.stringify(sorted(d));
};
const read = f => readFileSync(f, 'utf8').trim().split('\n').map(l => norm(JSON.parse(l)));
const [a, b] = process.argv.slice(2, 4).map(read);
let differ = a.length === b.length ? 0 : 1;
for (let i = 0; i < Math.min(a.length, b.length); i++)
	if (a[i] !== b[i] && differ++ < 3) console.log(`document ${i + 1}:\n  ${a[i].slice(0, 400)}\n  ${b[i].slice(0, 400)}`);
console.log(`${a.length} documents, ${differ} differ`);
process.exit(differ === 0 && a.length > 0 ? 0 : 1);
