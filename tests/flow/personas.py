#!/usr/bin/env python3
"""personas.py FEDGATE EXPORT TABLE: the shipped policies of the ML personas pass the linter, and allow and deny what the table says."""
import json, subprocess, sys

fedgate, export, table = sys.argv[1:4]
accounts = {a['Id']: a for a in json.load(open(export))['Accounts']}
managed = {p['PolicyName']: p['PolicyVersionList'][0]['Document'] for p in accounts['aws']['Policies'] if p['Path'] == '/ml/'}
roles = {r['RoleName']: r for a in ('111122223333', '444455556666') for r in accounts[a]['RoleDetailList']}
names = dict(DataScientist='data-scientist', MLOpsEngineer='mlops-engineer', TrainingJob='training', InferenceService='inference',
             Analyst='analyst', Administrator='administrator')
assert set(managed) == set(names) | {'Boundary'}, sorted(managed)
bad = 0

def lint(kind, name, document, account):
    global bad
    r = subprocess.run([fedgate, 'policy', 'lint', kind, '--account', account], input=json.dumps(document), capture_output=True, text=True)
    found = [json.loads(line) for line in r.stdout.splitlines()]
    if r.returncode != 0 or any(f['severity'] != 'info' for f in found):
        print('lint: %s: %s %s' % (name, found, r.stderr))
        bad += 1

for name, document in managed.items():
    lint('--boundary' if name == 'Boundary' else '--identity', name, document, '111122223333')
for name, r in roles.items():
    account = r['Arn'].split(':')[4]
    lint('--trust', name, r['AssumeRolePolicyDocument'], account)
    for p in r.get('RolePolicyList', []):
        lint('--identity', name, p['PolicyDocument'], account)

lines, want = [], {}
for n, line in enumerate(open(table), 1):
    cells = (line.rstrip('\n') + 4 * '\t').split('\t')
    if line.startswith('#') or not line.strip():
        continue
    policy, action, resource, more, result = cells[:5]
    role = roles[names.get(policy, policy)]
    account = role['Arn'].split(':')[4]
    context = {'aws:PrincipalTag/project': 'churn', 'aws:SourceIdentity': 'dana', 'aws:PrincipalArn': role['Arn'], 'aws:PrincipalAccount': account}
    context.update(json.loads(more or '{}'))
    attached = [managed[p['PolicyName']] for p in role.get('AttachedManagedPolicies', [])]
    assert policy in ('data-reader',) or attached == [managed[policy]], policy
    boundary = [managed['Boundary']] if role.get('PermissionsBoundary') else None
    # roles and keys are in reach only of whom their own policy names: here it names the caller's account
    other = resource.split(':')[4] if resource.count(':') > 4 else ''
    theirs = {'Effect': 'Allow', 'Principal': {'AWS': account}, 'Action': action}
    if action.startswith('kms:'):
        theirs['Resource'] = '*'
    named = [{'Version': '2012-10-17', 'Statement': [theirs]}] if action.startswith(('kms:', 'sts:')) else None
    lines.append(json.dumps({'id': n, 'request': {'principal': 'arn:aws:sts::%s:assumed-role/%s/dana' % (account, role['RoleName']), 'action': action,
        'resource': resource, 'resourceAccount': other or account, 'context': {k: v for k, v in context.items() if v is not None}},
        'policies': {'identity': attached + [p['PolicyDocument'] for p in role.get('RolePolicyList', [])], 'boundary': boundary,
        'resource': named}}))
    want[n] = (line.strip(), result == 'Allowed')
r = subprocess.run([fedgate, 'policy', 'eval'], input='\n'.join(lines) + '\n', capture_output=True, text=True)
answers = [json.loads(a) for a in r.stdout.splitlines()]
assert len(answers) == len(want), r.stderr
for a in answers:
    text, allowed = want[a['id']]
    if a.get('result', 'error') != 'Allowed' if allowed else a.get('result') not in ('ImplicitlyDenied', 'ExplicitlyDenied'):
        print('%s: %s' % (text, a))
        bad += 1
print('%d policies and %d roles without a finding, %d decisions, %d of them allowed' % (len(managed), len(roles), len(want), sum(w for _, w in want.values())))
sys.exit(bad != 0)
