#!/usr/bin/env python3
"""Who may assume a role: every combination of caller, trust policy, identity policy, permissions boundary, session policy,
service and resource control policy, in one account and across two, asked over the wire.

both_sides.py bundle DATA         print the bundle of all accounts
both_sides.py keys ENDPOINT DIR   make access keys with the administrators' keys in DIR/ACCOUNT.json
both_sides.py run ENDPOINT DIR    ask everything; prints what differs, and the counts
"""
import datetime, hashlib, hmac, http.client, itertools, json, os, sys, threading, urllib.parse
import xml.etree.ElementTree as ET

MANAGEMENT = '111122223333'
LAYERS = ('allow', 'silent', 'deny')
SCP = ('none', 'allow', 'silent', 'deny')
RCP = ('none', 'deny')
BOUNDARY = ('none',) + LAYERS
SESSION = ('none',) + LAYERS
IDENTITY = LAYERS
# what the trust policy of the role names
TRUST = ('direct', 'session', 'account', 'root', 'root+arn', 'star', 'star+arn', 'other', 'denied')
HERE = {(s, r): '2%05d%05d0' % (SCP.index(s) + 1, RCP.index(r) + 1) for s in SCP for r in RCP}
THERE = {r: '3%05d%05d0' % (9, RCP.index(r) + 1) for r in RCP}
CALLERS = list(itertools.product(IDENTITY, BOUNDARY))

def doc(*statements):
    return {'Version': '2012-10-17', 'Statement': list(statements)}

ALLOW = {'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Resource': '*'}
ELSE = {'Effect': 'Allow', 'Action': ['s3:*', 'iam:*'], 'Resource': '*'}
DENY = {'Effect': 'Deny', 'Action': 'sts:AssumeRole', 'Resource': '*'}
SAYS = {'allow': doc(ALLOW, ELSE), 'silent': doc(ELSE), 'deny': doc(ALLOW, ELSE, DENY)}

def name(kind, caller):
    return '%s-%s-%s' % (kind, caller[0], caller[1])

def role_arn(account, n):
    return 'arn:aws:iam::%s:role/%s' % (account, n)

def trust(variant, account):
    """The trust policy of a role for the callers of one account."""
    users = ['arn:aws:iam::%s:user/%s' % (account, name('u', c)) for c in CALLERS]
    roles = [role_arn(account, name('r', c)) for c in CALLERS]
    sessions = ['arn:aws:sts::%s:assumed-role/%s/me' % (account, name('r', c)) for c in CALLERS]
    who = {'session': {'AWS': sessions}, 'account': {'AWS': account}, 'root': {'AWS': 'arn:aws:iam::%s:root' % account},
           'root+arn': {'AWS': 'arn:aws:iam::%s:root' % account}, 'star': '*', 'star+arn': {'AWS': '*'},
           'other': {'AWS': 'arn:aws:iam::%s:user/admin' % MANAGEMENT}, 'denied': '*'}
    if variant == 'direct':
        return [('direct-u', [{'Effect': 'Allow', 'Principal': {'AWS': users}, 'Action': 'sts:AssumeRole'}]),
                ('direct-r', [{'Effect': 'Allow', 'Principal': {'AWS': roles}, 'Action': 'sts:AssumeRole'}])]
    s = [{'Effect': 'Allow', 'Principal': who[variant], 'Action': 'sts:AssumeRole'}]
    if variant.endswith('+arn'):
        s[0]['Condition'] = {'ArnLike': {'aws:PrincipalArn': ['arn:aws:iam::%s:%s/*' % (account, k) for k in ('user', 'role')]}}
    if variant == 'denied':
        s.append({'Effect': 'Deny', 'Principal': '*', 'Action': 'sts:AssumeRole'})
    return [(variant.replace('+', '-'), s)]

def targets(account):
    return [(n, doc(*s)) for v in TRUST for n, s in trust(v, account)]

def inline(policy):
    return [{'PolicyName': 'p', 'PolicyDocument': SAYS[policy]}]

def entity(account, caller):
    identity, boundary = caller
    e = {'Path': '/'}
    if boundary != 'none':
        e['PermissionsBoundary'] = {'PermissionsBoundaryArn': 'arn:aws:iam::%s:policy/b-%s' % (account, boundary)}
    return e

def here(account):
    in_ = doc({'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::%s:user/admin' % MANAGEMENT}, 'Action': 'sts:AssumeRole'})
    users = [dict(entity(account, c), UserName=name('u', c), UserPolicyList=inline(c[0])) for c in CALLERS]
    roles = [dict(entity(account, c), RoleName=name('r', c), RolePolicyList=inline(c[0]), AssumeRolePolicyDocument=in_) for c in CALLERS]
    roles += [{'RoleName': 'target-' + n, 'Path': '/', 'AssumeRolePolicyDocument': d} for n, d in targets(account)]
    return {'Id': account, 'Name': account, 'UserDetailList': users, 'RoleDetailList': roles, 'Policies':
            [{'PolicyName': 'b-' + k, 'Path': '/', 'PolicyVersionList': [{'VersionId': 'v1', 'IsDefaultVersion': True, 'Document': SAYS[k]}]} for k in LAYERS]}

def there(account):
    roles = [{'RoleName': 'target-%s-%s' % (scp, n), 'Path': '/', 'AssumeRolePolicyDocument': d}
             for scp in SCP for n, d in targets(HERE[scp, 'none'])]
    return {'Id': account, 'Name': account, 'RoleDetailList': roles}

def bundle():
    policies = [{'Id': 'p-scp-' + k, 'Name': k, 'Type': 'SERVICE_CONTROL_POLICY', 'Content': SAYS[k],
                 'Targets': [HERE[k, r] for r in RCP]} for k in LAYERS]
    policies.append({'Id': 'p-rcp-deny', 'Name': 'rcp', 'Type': 'RESOURCE_CONTROL_POLICY', 'Targets': [HERE[s, 'deny'] for s in SCP] + [THERE['deny']],
                     'Content': doc({'Effect': 'Deny', 'Principal': '*', 'Action': 'sts:AssumeRole', 'Resource': 'arn:aws:iam::*:role/target-*'})})
    return {'Accounts': [here(a) for a in HERE.values()] + [there(a) for a in THERE.values()],
            'Organization': {'ManagementAccountId': MANAGEMENT, 'Policies': policies}}

# ---- the rule, as the decision procedure has it ----

def allowed(same, kind, t, identity, boundary, session, scp, rcp):
    if 'deny' in (identity, boundary, session, scp, rcp) or t == 'denied':
        return False
    if scp == 'silent' or t == 'other' or (t == 'session' and kind == 'u'):
        return False
    limits = boundary in ('none', 'allow') and session in ('none', 'allow')
    identity_leg = identity == 'allow' and limits
    if not same:
        return identity_leg
    if t in ('star', 'star+arn', 'session') or (t == 'direct' and kind == 'u'):
        return True
    if t == 'direct':
        return limits
    return identity_leg

# The table of one account, row by row: what the trust policy names, who calls, and what comes of a silence in one layer.
ROWS = [
    ('user ARN (user calling)', 'direct', 'u', ('Allow', 'Allow', None)),
    ('role ARN (session calling)', 'direct', 'r', ('Allow', 'Deny', 'Deny')),
    ('session ARN', 'session', 'r', ('Allow', 'Allow', 'Allow')),
    ('account id, user', 'account', 'u', ('Deny', 'Deny', None)),
    ('account id, session', 'account', 'r', ('Deny', 'Deny', 'Deny')),
    (':root, user', 'root', 'u', ('Deny', 'Deny', None)),
    (':root, session', 'root', 'r', ('Deny', 'Deny', 'Deny')),
    (':root with aws:PrincipalArn, user', 'root+arn', 'u', ('Deny', 'Deny', None)),
    (':root with aws:PrincipalArn, session', 'root+arn', 'r', ('Deny', 'Deny', 'Deny')),
    ('*, user', 'star', 'u', ('Allow', 'Allow', None)),
    ('*, session', 'star', 'r', ('Allow', 'Allow', 'Allow')),
    ('* with aws:PrincipalArn, user', 'star+arn', 'u', ('Allow', 'Allow', None)),
    ('* with aws:PrincipalArn, session', 'star+arn', 'r', ('Allow', 'Allow', 'Allow')),
]
# The table across accounts: whatever of these the trust policy names, the caller's side must allow too.
NAMES = ('direct', 'session', 'account', 'root', 'root+arn', 'star', 'star+arn')

# ---- requests ----

def sign(key, date, service):
    k = ('AWS4' + key).encode()
    for part in (date, 'us-east-1', service, 'aws4_request'):
        k = hmac.new(k, part.encode(), hashlib.sha256).digest()
    return k

class Client(threading.local):
    def __init__(self, endpoint):
        self.host = endpoint.split('//')[1]
        self.conn = None
        self.sent = 0

    def call(self, keys, service, version, action, **fields):
        body = urllib.parse.urlencode(dict(fields, Action=action, Version=version)).encode()
        now = datetime.datetime.utcnow().strftime('%Y%m%dT%H%M%SZ')
        h = {'content-type': 'application/x-www-form-urlencoded', 'host': self.host, 'x-amz-date': now}
        if len(keys) > 2:
            h['x-amz-security-token'] = keys[2]
        names = ';'.join(sorted(h))
        canonical = 'POST\n/\n\n%s\n%s\n%s' % (''.join('%s:%s\n' % (k, h[k]) for k in sorted(h)), names, hashlib.sha256(body).hexdigest())
        scope = '%s/us-east-1/%s/aws4_request' % (now[:8], service)
        text = 'AWS4-HMAC-SHA256\n%s\n%s\n%s' % (now, scope, hashlib.sha256(canonical.encode()).hexdigest())
        mac = hmac.new(sign(keys[1], now[:8], service), text.encode(), hashlib.sha256).hexdigest()
        h['authorization'] = 'AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s' % (keys[0], scope, names, mac)
        if self.conn is None or self.sent >= 900:
            self.conn, self.sent = http.client.HTTPConnection(self.host), 0
        self.sent += 1
        self.conn.request('POST', '/', body, h)
        r = self.conn.getresponse()
        tree = ET.fromstring(r.read())
        return r.status, {e.tag.split('}')[1]: e.text for e in tree.iter()}

    def assume(self, keys, arn, session, policy=None):
        extra = {} if policy is None else {'Policy': json.dumps(policy)}
        return self.call(keys, 'sts', '2011-06-15', 'AssumeRole', RoleArn=arn, RoleSessionName=session, **extra)

def administrator(folder, account):
    k = json.load(open('%s/%s.json' % (folder, account)))['AccessKey']
    return k['AccessKeyId'], k['SecretAccessKey']

def in_parallel(jobs, work, n=6):
    it, lock, failed = iter(jobs), threading.Lock(), []
    def loop():
        while not failed:
            with lock:
                job = next(it, None)
            if job is None:
                return
            try:
                work(job)
            except BaseException as e: # a thread's failure is the test's
                failed.append((job, e))
    ts = [threading.Thread(target=loop) for _ in range(n)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    if failed:
        raise SystemExit('%r: %r' % failed[0])

def make_keys(endpoint, folder):
    client, out = Client(endpoint), {}
    def one(job):
        account, caller = job
        status, r = client.call(administrator(folder, account), 'iam', '2010-05-08', 'CreateAccessKey', UserName=name('u', caller))
        if status != 200:
            raise SystemExit('CreateAccessKey: %s' % r)
        out['%s/%s' % (account, name('u', caller))] = (r['AccessKeyId'], r['SecretAccessKey'])
    in_parallel([(a, c) for a in HERE.values() for c in CALLERS], one)
    json.dump(out, open(folder + '/keys.json', 'w'))

def run(endpoint, folder):
    client, keys, sessions, got = Client(endpoint), json.load(open(folder + '/keys.json')), {}, {}
    admin = administrator(folder, MANAGEMENT)

    def mint(job):
        account, caller, session = job
        status, r = client.assume(admin, role_arn(account, name('r', caller)), 'me', SAYS.get(session))
        if status != 200:
            raise SystemExit('%s: %s' % (job, r))
        sessions[job] = (r['AccessKeyId'], r['SecretAccessKey'], r['SessionToken'])
    # one signature is taken once: the same role and policy is not asked for twice in a second
    in_parallel([(a, c, s) for a in HERE.values() for c in CALLERS for s in SESSION], mint)

    jobs = []
    for (scp, rcp), account in HERE.items():
        for t, caller, session in itertools.product(TRUST, CALLERS, SESSION):
            for kind in 'ur':
                if kind == 'u' and session != 'none':
                    continue
                who = keys['%s/%s' % (account, name('u', caller))] if kind == 'u' else sessions[account, caller, session]
                target = 'direct-' + kind if t == 'direct' else t.replace('+', '-')
                jobs.append(((True, kind, t, caller[0], caller[1], session, scp, rcp), who, role_arn(account, 'target-' + target)))
                if rcp == 'none':
                    for r, other in THERE.items():
                        jobs.append(((False, kind, t, caller[0], caller[1], session, scp, r), who, role_arn(other, 'target-%s-%s' % (scp, target))))
    def ask(job):
        i, (cell, who, arn) = job
        status, r = client.assume(who, arn, 'n%d' % i)
        if status not in (200, 403) or (status == 403 and r.get('Code') != 'AccessDenied'):
            raise SystemExit('%s: %s %s' % (cell, status, r))
        if status == 403 and 'is not authorized to perform: sts:AssumeRole on resource: ' + arn not in r['Message']:
            raise SystemExit('%s: %s' % (cell, r))
        got[cell] = status == 200
    in_parallel(enumerate(jobs), ask)

    bad = [c for c in got if got[c] != allowed(*c)]
    for c in bad[:20]:
        print('FAILED', c, 'got', got[c])
    cells = 0
    for text, t, kind, want in ROWS:
        for i, w in enumerate(want):
            if w is None:
                continue
            layers = [('silent' if i == k else 'allow') for k in range(3)]
            if kind == 'u':
                layers[2] = 'none'
            cells += 1
            if got[(True, kind, t, layers[0], layers[1], layers[2], 'none', 'none')] != (w == 'Allow'):
                bad.append((text, i))
                print('FAILED row "%s", column %d: want %s' % (text, i, w))
    for t, kind in itertools.product(NAMES, 'ur'):
        if t == 'session' and kind == 'u':
            continue
        session = 'none' if kind == 'u' else 'allow'
        for identity, want in (('allow', True), ('silent', False), ('deny', False)):
            cells += 1
            if got[(False, kind, t, identity, 'allow', session, 'allow', 'none')] != want:
                bad.append((t, identity))
                print('FAILED across accounts: trust names %s, identity %s: want %s' % (t, identity, want))
    print('%d cells of the tables, %d combinations asked, %d of them allowed, %d wrong' % (cells, len(got), sum(got.values()), len(bad)))
    sys.exit(bool(bad) or len(got) < 8000)

if __name__ == '__main__':
    if sys.argv[1] == 'bundle':
        json.dump(bundle(), sys.stdout)
    elif sys.argv[1] == 'accounts':
        print('\n'.join(list(HERE.values()) + list(THERE.values())))
    elif sys.argv[1] == 'keys':
        make_keys(*sys.argv[2:4])
    else:
        run(*sys.argv[2:4])
