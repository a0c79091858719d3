// outbound.mjs ENDPOINT [TAGS]: GetWebIdentityToken and the IAM calls around it with the AWS SDK for JavaScript, which knows them; then a
// strict relying party of its own: discovery, key set, signature and claims by WebCrypto, as a library for OpenID Connect does it.
import { IAMClient, EnableOutboundWebIdentityFederationCommand, DisableOutboundWebIdentityFederationCommand,
	GetOutboundWebIdentityFederationInfoCommand } from '@aws-sdk/client-iam';
import { STSClient, GetWebIdentityTokenCommand } from '@aws-sdk/client-sts';
import { webcrypto } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [, , verb, endpoint, ...rest] = process.argv;
const fail = (why) => { console.error(why); process.exit(1); };
const iam = new IAMClient({ endpoint, region: 'us-east-1', maxAttempts: 1 });
const sts = new STSClient({ endpoint, region: 'us-east-1', maxAttempts: 1 });
const algs = {
	RS256: { jwk: 'RSA', params: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
	ES384: { jwk: 'EC', params: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } },
};
const part = (s) => JSON.parse(Buffer.from(s, 'base64url').toString());

// OpenID Connect Discovery 4.3 and Core 3.1.3.7.
async function verify(token, issuer, audience) {
	const [head, payload, signature] = token.split('.');
	const { alg, kid, typ } = part(head);
	const found = await fetch(issuer + '/.well-known/openid-configuration');
	if (found.status !== 200) fail('discovery: ' + found.status);
	const doc = await found.json();
	if (doc.issuer !== issuer) fail('issuer of discovery: ' + doc.issuer);
	if (!doc.id_token_signing_alg_values_supported.includes(alg)) fail('alg ' + alg);
	const reply = await fetch(doc.jwks_uri);
	if (!/max-age=\d+/.test(reply.headers.get('cache-control'))) fail('no max-age');
	const { keys } = await reply.json();
	const mine = keys.filter((k) => k.kid === kid && k.alg === alg && k.use === 'sig' && k.kty === algs[alg].jwk);
	if (mine.length !== 1 || typ !== 'JWT') fail('kid ' + kid + ' in ' + JSON.stringify(keys));
	if (keys.some((k) => 'd' in k || 'p' in k)) fail('a private member is published');
	const key = await webcrypto.subtle.importKey('jwk', mine[0], algs[alg].params, false, ['verify']);
	if (!await webcrypto.subtle.verify(algs[alg].params, key, Buffer.from(signature, 'base64url'), Buffer.from(head + '.' + payload)))
		fail('the signature does not verify');
	const claims = part(payload);
	const now = Date.now() / 1000;
	if (claims.iss !== issuer || ![claims.aud].flat().includes(audience)) fail('iss or aud');
	if (!(claims.exp > now && claims.iat <= now + 1 && claims.sub && claims.jti)) fail('times, sub or jti');
	return { claims, kid, keys };
}

async function named(name, run) {
	try {
		await run();
	} catch (e) {
		if (e.name !== name) fail('want ' + name + ', got ' + e.name + ': ' + e.message);
		return e;
	}
	fail(name + ' was not raised');
}

const verbs = {
	async enable() {
		await named('FeatureDisabledException', () => iam.send(new GetOutboundWebIdentityFederationInfoCommand({})));
		await named('OutboundWebIdentityFederationDisabledException', () => sts.send(new GetWebIdentityTokenCommand(
			{ Audience: ['a'], SigningAlgorithm: 'RS256' })));
		const { IssuerIdentifier } = await iam.send(new EnableOutboundWebIdentityFederationCommand({}));
		await named('FeatureEnabledException', () => iam.send(new EnableOutboundWebIdentityFederationCommand({})));
		const info = await iam.send(new GetOutboundWebIdentityFederationInfoCommand({}));
		if (info.IssuerIdentifier !== IssuerIdentifier || info.JwtVendingEnabled !== true) fail(JSON.stringify(info));
		console.log(IssuerIdentifier);
	},
	async disable(issuer) {
		await iam.send(new DisableOutboundWebIdentityFederationCommand({}));
		await named('FeatureDisabledException', () => iam.send(new DisableOutboundWebIdentityFederationCommand({})));
		await named('OutboundWebIdentityFederationDisabledException', () => sts.send(new GetWebIdentityTokenCommand(
			{ Audience: ['a'], SigningAlgorithm: 'ES384' })));
		for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json', '/jwks.json'])
			if ((await fetch(issuer + path)).status !== 404) fail(path + ' is still there');
	},
	// one token; prints it when it verifies
	async token(issuer, audience, alg, duration = '600') {
		const r = await sts.send(new GetWebIdentityTokenCommand({ Audience: [audience], SigningAlgorithm: alg, DurationSeconds: +duration,
			Tags: [{ Key: 'job', Value: 'j-1' }] }));
		const { claims, kid } = await verify(r.WebIdentityToken, issuer, audience);
		const inner = claims['https://sts.amazonaws.com/'];
		if (inner.request_tags.job !== 'j-1') fail(JSON.stringify(inner));
		if (Math.abs(r.Expiration.getTime() / 1000 - claims.exp) > 0) fail('Expiration');
		console.log([r.WebIdentityToken, claims.sub, inner.aws_account, kid].join(' '));
	},
	// a token that was handed out before, as a relying party with a library for it sees it now; prints its kid
	async accepts(issuer, audience, token) {
		const keys = createRemoteJWKSet(new URL(issuer + '/.well-known/jwks.json'));
		try {
			const { protectedHeader } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256', 'ES384'] });
			console.log(protectedHeader.kid);
		} catch (e) {
			console.log(e.code);
		}
	},
	// the kids that are published now
	async kids(issuer) {
		const { keys } = await (await fetch(issuer + '/jwks.json')).json();
		console.log(keys.map((k) => k.kid).sort().join(' '));
	},
	// tokens as fast as one connection gives them until standard input ends; each must verify
	async storm(issuer, audience) {
		let n = 0, going = true;
		process.stdin.resume().on('end', () => { going = false; });
		while (going) {
			const alg = n % 2 === 0 ? 'RS256' : 'ES384';
			const r = await sts.send(new GetWebIdentityTokenCommand({ Audience: [audience], SigningAlgorithm: alg }));
			await verify(r.WebIdentityToken, issuer, audience);
			n++;
		}
		console.log(n);
	},
};
await verbs[verb](...rest);
