// tests/flow/llhttp.mjs: does our reader take anything that llhttp (Node's parser, strict) refuses or reads otherwise?
//
//   node llhttp.mjs PROGRAM CORPUS...
//
// Every seed is compared as it is, cut at every length, with one bit of every byte flipped, with every byte
// replaced by each of a few that parsers differ on, and with such a byte put before it.  What our reader takes must
// be the first requests that llhttp takes, with the same method, target, headers and body.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

process.removeAllListeners('warning');
const binding = process.binding('http_parser');
const { HTTPParser } = binding;
const methods = binding.allMethods ?? binding.methods;
const CASE_MAX = 4096; // changed bytes of a seed, from its beginning

const hex = (s) => Buffer.from(s, 'latin1').toString('hex');

// The complete requests that llhttp takes, and whether it left HTTP (an upgrade).
function llhttp(input) {
	const requests = [];
	let now, headers, early = '', upgraded = false;
	const parser = new HTTPParser();
	parser.initialize(HTTPParser.REQUEST, {}, 1 << 20, 0);
	parser[HTTPParser.kOnMessageBegin] = () => { headers = []; early = ''; };
	parser[HTTPParser.kOnHeaders] = (list, url) => {
		headers.push(...list);
		early ||= url;
	};
	parser[HTTPParser.kOnHeadersComplete] = (major, minor, list, method, url, code, message, upgrade) => {
		const all = list === undefined ? headers : list;
		const pairs = [];
		for (let i = 0; i < all.length; i += 2) pairs.push([hex(all[i]), hex(all[i + 1])]);
		now = { method: methods[method], target: url || early, headers: pairs, body: [] };
		upgraded ||= upgrade;
		return upgrade ? 2 : 0;
	};
	parser[HTTPParser.kOnBody] = (b, start, n) => {
		now.body.push(Buffer.from(start === undefined ? b : b.subarray(start, start + n)));
	};
	parser[HTTPParser.kOnMessageComplete] = () => {
		requests.push({ ...now, body: Buffer.concat(now.body).toString('hex') });
		now = undefined;
	};
	const result = parser.execute(input);
	const error = result instanceof Error ? result.code : undefined;
	parser.close();
	return { requests, upgraded, error };
}

const odd = [0x00, 0x09, 0x0a, 0x0b, 0x0d, 0x20, 0x22, 0x2b, 0x2c, 0x2d, 0x30, 0x3a, 0x3b, 0x7f, 0x80, 0xff];

function* variants(seed) {
	yield seed;
	const n = Math.min(seed.length, CASE_MAX);
	for (let i = 0; i < n; i++) yield seed.subarray(0, i);
	for (let i = 0; i < n; i++) {
		const flipped = Buffer.from(seed);
		flipped[i] ^= 1 << ((i * 5) % 8);
		yield flipped;
		for (const b of odd) {
			const replaced = Buffer.from(seed);
			replaced[i] = b;
			yield replaced;
			yield Buffer.concat([seed.subarray(0, i), Buffer.from([b]), seed.subarray(i)]);
		}
	}
}

function ours(program, inputs) {
	const parts = [];
	for (const input of inputs) {
		const n = Buffer.alloc(4);
		n.writeUInt32BE(input.length);
		parts.push(n, input);
	}
	const run = spawnSync(program, [], { input: Buffer.concat(parts), maxBuffer: 1 << 30 });
	if (run.status !== 0) throw new Error(`${program}: ${run.status ?? run.signal}`);
	return run.stdout.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
}

function compare(mine, theirs) {
	for (let i = 0; i < mine.requests.length; i++) {
		const a = mine.requests[i], b = theirs.requests[i];
		if (b === undefined) {
			if (theirs.upgraded) return undefined; // it no longer reads HTTP
			return `request ${i} is refused by llhttp (${theirs.error ?? 'incomplete'})`;
		}
		for (const key of ['method', 'target', 'headers', 'body']) {
			if (JSON.stringify(a[key]) !== JSON.stringify(b[key]))
				return `request ${i}: ${key}: ${JSON.stringify(a[key])}, llhttp ${JSON.stringify(b[key])}`;
		}
	}
	return undefined;
}

const [program, ...folders] = process.argv.slice(2);
const files = folders.flatMap((d) => readdirSync(d).map((f) => join(d, f))).filter((f) => statSync(f).isFile()).sort();
let cases = 0, taken = 0, theirs = 0, bad = 0;
for (const file of files) {
	const inputs = [...variants(readFileSync(file))];
	const mine = ours(program, inputs);
	if (mine.length !== inputs.length) throw new Error(`${file}: ${mine.length} answers to ${inputs.length} inputs`);
	inputs.forEach((input, i) => {
		const other = llhttp(input);
		const difference = compare(mine[i], other);
		cases++;
		taken += mine[i].requests.length;
		theirs += other.requests.length;
		if (difference !== undefined && bad++ < 10)
			console.log(`${file}, variant ${i}: ${difference}\n  ${JSON.stringify(input.toString('latin1').slice(0, 400))}`);
	});
}
if (cases === 0 || taken === 0) throw new Error('nothing was compared');
console.log(`${cases} inputs of ${files.length} seeds: ${taken} requests taken (llhttp: ${theirs}), ${bad} that llhttp reads otherwise`);
process.exit(bad === 0 ? 0 : 1);
