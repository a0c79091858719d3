// generate.mjs SEED COUNT: random requests with policies, one JSON line each, for `fedgate policy eval` and for an oracle.
//
// Every operator, set operator and kind of policy; values that are read and values that are not; patterns, variables and ARNs
// out of few pieces, so that matches and near misses are frequent; every kind of caller and principal; both versions.
// What it steers around is what the two read differently on purpose: years before 1000, leading zeros in addresses.

const seed = parseInt(process.argv[2] ?? '1'), count = parseInt(process.argv[3] ?? '1000')
let state = seed >>> 0 || 1
const random = () => {
	state ^= state << 13; state >>>= 0
	state ^= state >>> 17
	state ^= state << 5; state >>>= 0
	return state / 4294967296
}
const pick = a => a[Math.floor(random() * a.length)]
const chance = p => random() < p
const int = n => Math.floor(random() * n)
const times = (n, f) => Array.from({ length: n }, f)
const text = (pieces, max) => times(int(max + 1), () => pick(pieces)).join('')
// a scalar or a list, now and then an empty one
const some = (f, max) => {
	const n = int(max + 1)
	return n === 1 && chance(0.7) ? f() : times(Math.max(n, chance(0.05) ? 0 : 1), f)
}

const A = '111122223333', T = '444455556666'
const patternPieces = ['a', 'b', 'ab', 'A', 'é', '😀', '*', '?', '*', '?', '/', ':', '${k:v}', '${k:w}', '${K:V}', "${k:none, 'a'}",
	"${k:none, ''}", '${k:none}', '${*}', '${?}', '${$}', '${', '}', '$', '${k:m}', "${k:m, 'a'}", "${k:v,'x'}", '${}', "${k:v, 'a}",
	'x', 'repo:', '\n', ' ', '.', '"']
const valuePieces = ['a', 'b', 'ab', 'A', 'é', '😀', '*', '?', '/', ':', 'x', 'repo:', '\n', '$', '{', '}', ' ', '.', 'aaa', 'bbb']
const numbers = ['0', '-0', '1', '1.0', '01', '+1', '-1', '10', '10.5', '1e3', 'abc', '', '.5', '5.', '9007199254740993', '9007199254740992',
	'123456789012345678901234567890', '0.1', '0.10', '-0.1', ' 1', 1, 2.5, -3, 0]
const dates = ['2026-01-01T00:00:00Z', '2026-01-01', '2026', '2026-01', '2026-01-01T00:00Z', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.50Z',
	'2025-12-31T23:00:00-01:00', '2026-01-01T01:00:00+01:00', '1767225600', '-1767225600', '99999', '12345', '1234', '123', '2026-13-01',
	'2026-02-30', '2024-02-29', '2026-01-01T25:00:00Z', '2026-01-01T00:00:60Z', 'tomorrow', '', '2026-01-01T00:00:00', '2026-01-01t00:00:00Z']
const addresses = ['203.0.113.9', '203.0.113.0', '10.1.2.3', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', '::', '::1', '1.2.3', '256.1.1.1', 'x', '',
	'203.0.113.9/32', '::1::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8:9', 'fe80::1']
const prefixes = addresses.concat(['203.0.113.0/24', '203.0.113.77/24', '0.0.0.0/0', '::/0', '10.0.0.0/8', '10.0.0.0/33', '2001:db8::/32',
	'2001:db8::/129', '1.2.3.4/', '1.2.3.4/x', '203.0.113.8/31', '10.1.0.0/16'])
const booleans = ['true', 'false', 'TRUE', 'False', '1', '', 'yes', true, false]
const binaries = ['QQ==', 'QR==', 'QUI=', 'QUJ=', 'QUFB', '', 'Q', 'QQ', 'QQ=', 'Q===', 'QUI', '+/==', '-_==']
const arnParts = ['arn', 'aws', '*', '?', 'iam', 's3', '', 'a', 'b*', 'x?', '${k:v}', A, 'role/*', 'role/a', 'a:b']
const arnTexts = ['arn', 'aws', 'iam', 's3', '', 'a', 'b', 'bb', 'x1', A, 'role/a', 'role/a/b', 'é']

// family -> names of operators, a policy's value, a request's value
const families = {
	S: { names: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike', 'stringlike'],
		policy: () => text(patternPieces, 5), request: () => text(valuePieces, 5) },
	L: { names: ['StringLike', 'StringNotLike'], policy: () => text(['a', 'b', '*', '?', 'aa', 'é', '*'], 14),
		request: () => text(['a', 'b', 'aa', 'ab', 'é'], pick([8, 8, 40, 90])) },
	N: { names: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
		policy: () => pick(numbers), request: () => pick(numbers) },
	D: { names: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
		policy: () => pick(dates), request: () => pick(dates) },
	B: { names: ['Bool'], policy: () => pick(booleans), request: () => pick(booleans) },
	X: { names: ['BinaryEquals'], policy: () => pick(binaries), request: () => pick(binaries) },
	I: { names: ['IpAddress', 'NotIpAddress'], policy: () => pick(prefixes), request: () => pick(addresses) },
	R: { names: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
		policy: () => times(pick([6, 6, 6, 6, 6, 7, 5, 4, 1, 8]), () => pick(arnParts)).join(':'),
		request: () => times(pick([6, 6, 6, 6, 7, 8, 5, 1]), () => pick(arnTexts)).join(':') },
	Z: { names: ['Null'], policy: () => pick(booleans), request: () => pick(['a', '']) },
	U: { names: ['StringMatches', 'NullIfExists', 'BoolNot', '', 'StringEqualsIfExistsIfExists'], policy: () => 'a', request: () => 'a' },
}
const weights = ['S', 'S', 'S', 'S', 'L', 'L', 'N', 'N', 'D', 'D', 'B', 'X', 'I', 'I', 'R', 'R', 'R', 'Z', 'U']

function condition() {
	const c = {}
	for (let i = int(3) + 1; i > 0; i--) {
		const letter = pick(weights), family = families[letter], key = `k:${letter}${int(2)}`
		let name = pick(family.names)
		if (chance(0.25)) name += 'IfExists'
		if (chance(0.35)) name = pick(['ForAllValues:', 'ForAnyValue:', 'forallvalues:']) + name
		const block = c[name] = c[name] ?? {}
		if (Object.keys(block).some(k => k.toLowerCase() === key.toLowerCase())) continue
		block[chance(0.2) ? key.toUpperCase() : key] = some(family.policy, chance(0.15) ? 14 : 3)
	}
	return c
}

function context() {
	const c = {}
	for (const letter of Object.keys(families))
		for (let i = 0; i < 2; i++)
			if (chance(0.75)) c[`k:${letter}${i}`] = chance(0.3) ? times(int(4), families[letter].request) : families[letter].request()
	if (chance(0.8)) c['k:v'] = text(valuePieces, 3)
	if (chance(0.6)) c['k:w'] = text(valuePieces, 2)
	if (chance(0.5)) c['K:m'] = [text(valuePieces, 2)]
	return c
}

const actions = ['sts:AssumeRole', 'sts:*', '*', 'STS:assume*', '*:*', 's?s:AssumeRole', 'sts:AssumeRole ', 'sts', 's3:*', 'sts:Tag?ession', 'sts:*e*',
	'kms:Decrypt', 'sts:assumerole:x', ':']
const asked = ['sts:AssumeRole', 'sts:AssumeRole', 'sts:TagSession', 's3:GetObject', 'kms:Decrypt', 'sts:AssumeRoleWithWebIdentity',
	'sts:GetCallerIdentity', 'STS:assumeROLE', 'sts:SetSourceIdentity']
const resources = ['*', '**', 'arn:aws:iam::*:role/*', `arn:aws:iam::${A}:role/R`, 'arn:aws:iam', 'arn:aws:i*', 'arn:*', '?*',
	`arn:aws:iam::${A}:role/\${k:v}`, `arn:aws:\${k:v}::${A}:role/R`, 'x', "arn:aws:iam::*:role/${k:none, 'R'}", `arn:aws:kms:*:${A}:key/*`,
	'arn:aws:s3:::b:*']
const targets = [`arn:aws:iam::${A}:role/R`, `arn:aws:iam::${A}:role/R`, `arn:aws:iam::${A}:role/ab`, 'arn:aws:s3:::b:c/d', `arn:aws:kms:r:${A}:key/1`, 'x']
const callers = [`arn:aws:iam::${A}:user/alice`, `arn:aws:iam::${A}:user/p/alice`, `arn:aws:iam::${T}:user/eve`, `arn:aws:sts::${A}:assumed-role/Caller/s`,
	`arn:aws:sts::${T}:assumed-role/Caller/s`, 'ec2.amazonaws.com', `arn:aws:iam::${A}:root`, `arn:aws:iam::${T}:root`, `arn:aws:sts::${A}:federated-user/alice`,
	`arn:aws:iam::${A}:oidc-provider/i.x`, 'accounts.google.com', `arn:aws:iam::${A}:saml-provider/O`, { type: 'Anonymous' },
	`arn:aws-cn:iam::${A}:user/alice`, `arn:aws:iam::${A}:role/Caller`]
const named = ['*', A, T, `arn:aws:iam::${A}:root`, `arn:aws-cn:iam::${A}:root`, `arn:aws:iam::${A}:user/alice`, `arn:aws:iam::${A}:user/p/alice`,
	`arn:aws:iam::${A}:role/Caller`, `arn:aws:iam::${A}:role/x/y/Caller`, `arn:aws:iam::${T}:role/Caller`, `arn:aws:sts::${A}:assumed-role/Caller/s`,
	`arn:aws:sts::${A}:federated-user/alice`, `arn:aws:iam::${A}:user/*`, '1111', '', `arn:aws:iam::${A}:role/`, 'ec2.amazonaws.com']
const providers = [`arn:aws:iam::${A}:oidc-provider/i.x`, 'accounts.google.com', '*', `arn:aws:iam::${A}:saml-provider/O`]

function principal() {
	const p = {}
	if (chance(0.15)) return '*'
	if (chance(0.75)) p.AWS = some(() => pick(named), 2)
	if (chance(0.2)) p.Service = some(() => pick(['ec2.amazonaws.com', 's3.amazonaws.com', '*']), 2)
	if (chance(0.25)) p.Federated = some(() => pick(providers), 2)
	if (chance(0.05)) p.CanonicalUser = 'x'
	return p
}

function statement(needsResource) {
	const s = { Effect: chance(0.75) ? 'Allow' : 'Deny' }
	if (chance(0.15)) s.NotAction = some(() => pick(actions), 2)
	else s.Action = chance(0.4) ? '*' : some(() => pick(actions), 2)
	if (chance(0.6)) s.Condition = condition()
	if (!needsResource && chance(0.6)) return s
	if (chance(0.15)) s.NotResource = some(() => pick(resources), 2)
	else s.Resource = chance(0.5) ? '*' : some(() => pick(resources), 2)
	return s
}

function versioned(d) {
	const v = pick(['2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17', null])
	return v === null ? d : { Version: v, ...d }
}
const identity = () => versioned({ Statement: chance(0.3) ? statement(true) : times(1 + int(2), () => statement(true)) })
const resource = () => versioned({ Statement: times(1 + int(3), () => ({ ...statement(false), [chance(0.12) ? 'NotPrincipal' : 'Principal']: principal() })) })
const control = () => versioned({ Statement: [{ ...statement(true), Principal: '*' }] })
const endpoint = () => versioned({ Statement: [{ ...statement(true), ...(chance(0.7) ? { Principal: '*' } : {}) }] })

function policies() {
	const p = {}
	if (chance(0.85)) p.resource = resource()
	if (chance(0.7)) p.identity = times(int(3), identity)
	if (chance(0.2)) p.boundary = times(int(3), identity)
	if (chance(0.2)) p.session = chance(0.2) ? null : identity()
	if (chance(0.2)) p.scp = times(int(3), () => times(int(3), identity))
	if (chance(0.15)) p.rcp = times(1 + int(2), () => [control()])
	if (chance(0.1)) p.vpce = times(int(3), endpoint)
	return p
}

const lines = []
for (let i = 0; i < count; i++)
	lines.push(JSON.stringify({ id: `g${seed}-${i}`, request: { principal: pick(callers), action: pick(asked), resource: pick(targets),
		resourceAccount: chance(0.8) ? A : T, context: context() }, policies: policies() }))
process.stdout.write(lines.join('\n') + '\n')
