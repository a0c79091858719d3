#!/usr/bin/env python3
"""model.py ENDPOINT DOCS METADATA: every action of botocore's models of iam, organizations and sts, and every parameter of it.

Each action is supported or gives what docs/ say; a supported answer has every required member; each error is one that the model
knows for the action, or one that every action may give.  Then each parameter: left out, too long, too short, no value of its
list, out of its range; and each list: page by page, with limits and prefixes.
"""
import re
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, docs, metadata = sys.argv[1], sys.argv[2], open(sys.argv[3]).read()
config = Config(parameter_validation=False, retries={'mode': 'standard', 'total_max_attempts': 6})
clients = {s: boto3.client(s, endpoint_url=endpoint, region_name='us-east-1', config=config) for s in ('iam', 'organizations', 'sts')}
iam = clients['iam']
COMMON = {
	'iam': {'ValidationError', 'AccessDenied', 'LimitExceeded', 'InvalidInput', 'MalformedPolicyDocument'},
	'organizations': {'AccessDeniedException', 'InvalidInputException', 'UnknownOperationException', 'ConstraintViolationException',
		'SerializationException'},
	'sts': {'ValidationError', 'AccessDenied', 'MissingAuthenticationToken'},
}
# What a model of these years does not list and AWS answers all the same.
ALSO = {
	'EnableMFADevice': {'InvalidAuthenticationCode'}, 'GetAccessKeyInfo': {'AccessDenied'}, 'DeleteServiceLinkedRole': {'InvalidInput'},
	'GetAccessKeyLastUsed': {'AccessDenied'},
}
wrong = []


def codes(service, op):
	found = set(COMMON[service]) | ALSO.get(op.name, set())
	for e in op.error_shapes:
		found.add(e.metadata.get('error', {}).get('code', e.name))
	return found


def call(service, name, **args):
	"""Code of the answer ('' for success) and the answer."""
	try:
		return '', getattr(clients[service], xform_name(name))(**args)
	except ClientError as e:
		status = e.response['ResponseMetadata']['HTTPStatusCode']
		if status >= 500:
			wrong.append(f'{name} {args}: {status} {e}')
		return e.response['Error']['Code'], {}


def expect(what, ok):
	if not ok:
		wrong.append(what)


# ---- what docs/ say ----

def table(path):
	"""action: text of its row"""
	rows = {}
	for line in open(path):
		cells = [c.strip() for c in line.strip().strip('|').split('|')]
		if not line.startswith('|') or len(cells) < 2:
			continue
		for name in re.findall(r'`?([A-Z][A-Za-z]+)`?', cells[0]) if re.fullmatch(r'[`A-Za-z, ]+', cells[0]) else []:
			rows[name] = ' '.join(cells[1:])
	return rows


said = {'iam': table(f'{docs}/iam-actions.md'), 'organizations': table(f'{docs}/organizations-actions.md'), 'sts': table(f'{docs}/sts.md')}
ABSENT = {'iam': 'InvalidAction', 'organizations': 'UnknownOperationException', 'sts': 'InvalidAction'}


def stated(text):
	"""The codes at the head of a row of what there is none of."""
	m = re.match(r'`(NoSuchEntity|LimitExceeded|InvalidInput|ReportGenerationLimitExceeded)`', text)
	return m.group(1) if m else ''


# ---- a world in which every list has two ----

DOC = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
TAGS = [{'Key': 'a', 'Value': '1'}, {'Key': 'b', 'Value': '2'}]
ARN = 'arn:aws:iam::111122223333:'


def world():
	for n in ('one', 'two'):
		iam.create_user(UserName=n, Path='/m/', Tags=TAGS)
		iam.create_role(RoleName=n, Path='/m/', AssumeRolePolicyDocument=TRUST, Tags=TAGS)
		iam.create_group(GroupName=n, Path='/m/')
		iam.create_policy(PolicyName=n, Path='/m/', PolicyDocument=DOC, Tags=TAGS)
		iam.create_instance_profile(InstanceProfileName=n, Path='/m/', Tags=TAGS)
		iam.add_role_to_instance_profile(InstanceProfileName=n, RoleName='one')
		iam.create_access_key(UserName='one')
		iam.create_virtual_mfa_device(VirtualMFADeviceName=n, Tags=TAGS)
		iam.create_open_id_connect_provider(Url=f'https://{n}.example.com', ClientIDList=['a', 'b'], Tags=TAGS)
		iam.create_saml_provider(Name=n, SAMLMetadataDocument=metadata, Tags=TAGS)
	for n in ('one', 'two'):
		iam.add_user_to_group(GroupName=n, UserName='one')
		iam.add_user_to_group(GroupName='two' if n == 'one' else 'one', UserName='two')
		for of in ('User', 'Role', 'Group'):
			who = {of + 'Name': 'one'}
			getattr(iam, f'put_{of.lower()}_policy')(PolicyName=n, PolicyDocument=DOC, **who)
			getattr(iam, f'attach_{of.lower()}_policy')(PolicyArn=f'{ARN}policy/m/{n}', **who)
	iam.attach_user_policy(UserName='two', PolicyArn=ARN + 'policy/m/one')
	iam.attach_role_policy(RoleName='two', PolicyArn=ARN + 'policy/m/one')
	iam.attach_group_policy(GroupName='two', PolicyArn=ARN + 'policy/m/one')
	iam.create_policy_version(PolicyArn=ARN + 'policy/m/one', PolicyDocument=DOC)
	iam.create_account_alias(AccountAlias='model')


def organisation():
	org = clients['organizations']
	org.create_organization(FeatureSet='ALL')
	root = org.list_roots()['Roots'][0]['Id']
	unit = [org.create_organizational_unit(ParentId=root, Name=n)['OrganizationalUnit']['Id'] for n in ('one', 'two')][0]
	made = [org.create_account(Email=f'{n}@example.com', AccountName=n)['CreateAccountStatus'] for n in ('one', 'two')][0]
	policy = [org.create_policy(Name=n, Description='', Type='SERVICE_CONTROL_POLICY', Content=DOC)['Policy']['PolicySummary']['Id'] for n in ('one', 'two')][0]
	org.attach_policy(PolicyId=policy, TargetId=unit)
	org.attach_policy(PolicyId=policy, TargetId=made['AccountId'])
	org.tag_resource(ResourceId=unit, Tags=TAGS)
	VALUES.update(ParentId=root, RootId=root, SourceParentId=root, DestinationParentId=unit, OrganizationalUnitId=unit, ResourceId=unit, PolicyId=policy,
		TargetId=unit, AccountId=made['AccountId'], ChildId=made['AccountId'], CreateAccountRequestId=made['Id'])


world()
job = iam.generate_service_last_accessed_details(Arn=ARN + 'user/m/one')['JobId']
VALUES = {
	'UserName': 'one', 'RoleName': 'one', 'GroupName': 'one', 'PolicyName': 'one', 'PolicyArn': ARN + 'policy/m/one', 'VersionId': 'v1',
	'InstanceProfileName': 'one', 'SerialNumber': ARN + 'mfa/one', 'OpenIDConnectProviderArn': ARN + 'oidc-provider/one.example.com',
	'SAMLProviderArn': ARN + 'saml-provider/one', 'JobId': job, 'ServiceNamespace': 'iam', 'ServiceNamespaces': ['iam', 's3'],
	'Arn': ARN + 'user/m/one', 'PolicySourceArn': ARN + 'user/m/one', 'PolicyDocument': DOC, 'AssumeRolePolicyDocument': TRUST,
	'PolicyInputList': [DOC], 'ActionNames': ['s3:GetObject', 's3:PutObject'], 'Tags': TAGS, 'TagKeys': ['a'], 'PermissionsBoundary': ARN + 'policy/m/one',
	'AccountAlias': 'model', 'ClientID': 'c', 'ThumbprintList': ['0' * 40], 'Url': 'https://new.example.com', 'Name': 'new',
	'SAMLMetadataDocument': metadata, 'VirtualMFADeviceName': 'new', 'AuthenticationCode1': '123456', 'AuthenticationCode2': '654321',
	'Status': 'Active', 'GlobalEndpointTokenVersion': 'v2Token', 'SSHPublicKeyId': 'APKAAAAAAAAAAAAAAAAA', 'Encoding': 'PEM',
	'CertificateId': 'A' * 24, 'ServiceSpecificCredentialId': 'A' * 20, 'ServiceName': 'x.amazonaws.com', 'AWSServiceName': 'x.amazonaws.com',
	'EntityPath': 'o-aaaaaaaaaa/r-aaaa/ou-aaaa-aaaaaaaa', 'AccessKeyId': 'AKIAAAAAAAAAAAAAAAAA', 'Description': 'x',
	'RoleArn': ARN + 'role/m/one', 'RoleSessionName': 'one', 'EncodedMessage': 'x', 'PrincipalArn': ARN + 'saml-provider/one',
	'SAMLAssertion': 'aaaa', 'WebIdentityToken': 'aaaa', 'NewRoleName': 'new',
	'AccountId': '999999999999', 'ParentId': 'r-none', 'ChildId': '999999999999', 'ChildType': 'ACCOUNT', 'TargetId': 'r-none', 'ResourceId': 'r-none',
	'Filter': 'SERVICE_CONTROL_POLICY', 'PolicyType': 'SERVICE_CONTROL_POLICY', 'Type': 'SERVICE_CONTROL_POLICY', 'Content': DOC, 'PolicyId': 'p-0000000000',
	'RootId': 'r-none', 'OrganizationalUnitId': 'ou-none-00000000', 'Email': 'a@example.com', 'AccountName': 'a', 'SourceParentId': 'r-none',
	'DestinationParentId': 'r-none', 'CreateAccountRequestId': 'car-00000000', 'HandshakeId': 'h-00000000', 'ServicePrincipal': 'x.amazonaws.com',
	'Target': {'Id': '999999999999', 'Type': 'ACCOUNT'}, 'FeatureSet': 'ALL',
}
# What is made anew has another name.
FRESH = ('CreateUser', 'CreateRole', 'CreateGroup', 'CreatePolicy', 'CreateInstanceProfile')
ORDER = ('Create', 'Put', 'Attach', 'Add', 'Tag', 'Get', 'Generate', 'List', 'Simulate', 'Describe', 'Update', 'Set')


def required(op):
	shape = op.input_shape
	args = {}
	for m in shape.required_members if shape else []:
		args[m] = VALUES.get(m, 'x' * max(1, shape.members[m].metadata.get('min', 1)))
		if op.name in FRESH and m == op.name[6:] + 'Name':
			args[m] = 'new'
	if op.name == 'CreateAccountAlias':
		args = {'AccountAlias': 'model-new'}
	return args


def complete(shape, value, path):
	"""Every required member of every structure of the answer."""
	if shape.type_name == 'structure':
		for m in shape.required_members:
			expect(f'{path}: no {m}', m in value)
		for m in value:
			if m in shape.members:
				complete(shape.members[m], value[m], f'{path}.{m}')
	elif shape.type_name == 'list':
		for v in value:
			complete(shape.member, v, path + '[]')


def operations(service):
	model = clients[service].meta.service_model

	def rank(n):
		return next((i for i, p in enumerate(ORDER) if n.startswith(p)), len(ORDER))

	return [model.operation_model(n) for n in sorted(model.operation_names, key=lambda n: (rank(n), n))]


# ---- each parameter ----

def bad_values(shape):
	md = shape.metadata
	if shape.type_name == 'string':
		if shape.enum:
			yield 'no value of its list', 'NOPE'
		if 'max' in md and md['max'] <= 4096:
			yield 'too long', 'a' * (md['max'] + 1)
		if md.get('min', 0) > 0:
			yield 'empty', ''
		if md.get('pattern') == '[\\w+=,.@-]+':
			yield 'outside its pattern', 'a b'
		if 'u002F' in md.get('pattern', ''):
			yield 'no path', 'a'
	if shape.type_name in ('integer', 'long'):
		if 'max' in md:
			yield 'too large', md['max'] + 1
		if 'min' in md:
			yield 'too small', md['min'] - 1


# Taken in spite of the model: a marker of ours may name an ARN (docs/iam-actions.md); of what newer models do not require any more.
LONGER = {'Marker', 'NextToken'}
OPTIONAL = {('CreateOpenIDConnectProvider', 'ThumbprintList'), ('UpdateSAMLProvider', 'SAMLMetadataDocument')}


def parameters(service, op):
	base = required(op)
	for m, shape in (op.input_shape.members.items() if op.input_shape else ()):
		for what, value in bad_values(shape):
			if what == 'too long' and m in LONGER:
				continue
			code, _ = call(service, op.name, **{**base, m: value})
			expect(f'{op.name} {m} {what}: {code or "accepted"}', code != '' and code in codes(service, op))
	for m in base:
		if (op.name, m) in OPTIONAL:
			continue
		code, _ = call(service, op.name, **{k: v for k, v in base.items() if k != m})
		expect(f'{op.name} without {m}: {code or "accepted"}', code in codes(service, op) and code != '')


# ---- pages ----

def pages(op):
	members = op.input_shape.members if op.input_shape else {}
	service = op.service_model.service_name
	limit, token = ('MaxItems', 'Marker') if service == 'iam' else ('MaxResults', 'NextToken')
	if limit not in members:
		return
	args = required(op)
	if 'UserName' in members and op.name != 'ListSigningCertificates':
		args['UserName'] = 'one'
	code, whole = call(service, op.name, **args)
	keys = [m for m, s in op.output_shape.members.items() if s.type_name == 'list']
	if code != '':
		return
	expect(f'{op.name}: IsTruncated', whole.get('IsTruncated', False) is False and token not in whole)
	got, n, more = {k: [] for k in keys}, 0, {**args, limit: 1}
	while n < 200:
		code, page = call(service, op.name, **more)
		n += 1
		taken = sum(len(page.get(k, [])) for k in keys)
		expect(f'{op.name}: page of {taken}', code == '' and taken <= 1)
		for k in keys:
			got[k] += page.get(k, [])
		if not page.get('IsTruncated', token in page):
			expect(f'{op.name}: {token} at the end', token not in page)
			break
		expect(f'{op.name}: no {token}', token in page and taken == 1)
		more[token] = page.get(token, '')
	for k in keys:
		expect(f'{op.name}: pages differ in {k}', got[k] == whole.get(k, []))
	expect(f'{op.name}: {n} pages', n >= 2 or re.search('empty|one root', said[service].get(op.name, '')) or op.name in ONE)
	code, _ = call(service, op.name, **{**args, token: '~~~ no such marker'})
	expect(f'{op.name}: marker that nobody gave: {code}', code in ('', 'ValidationError', 'InvalidInput', 'InvalidInputException'))
	if 'PathPrefix' in members:
		code, none = call('iam', op.name, **dict(args, PathPrefix='/nowhere/'))
		expect(f'{op.name}: PathPrefix', code == '' and not any(none.get(k) for k in keys))
		code, some = call('iam', op.name, **dict(args, PathPrefix='/m/'))
		expect(f'{op.name}: PathPrefix /m/', code == '' and (any(some.get(k) for k in keys) or not any(whole.get(k) for k in keys)))


ONE = {'ListAccountAliases', 'ListMFADevices', 'GetServiceLastAccessedDetailsWithEntities', 'ListParents'}

# ---- all of it ----

n = {'supported': 0, 'refused': 0}
organisation()
for service in ('iam', 'organizations'):
	for op in operations(service):
		pages(op)
for service in ('iam', 'organizations', 'sts'):
	for op in operations(service):
		text = said[service].get(op.name)
		if text is None:
			code, _ = call(service, op.name, **required(op))
			expect(f'{op.name} is nowhere in docs and gives {code or "an answer"}', code == ABSENT[service])
			n['refused'] += 1
			continue
		parameters(service, op)
		code, answer = call(service, op.name, **required(op))
		if stated(text) and service == 'iam' and 'empty list' not in text:
			expect(f'{op.name}: {code}, docs say {stated(text)}', code == stated(text))
		if code:
			expect(f'{op.name}: {code} is not in the model', code in codes(service, op))
			n['refused'] += 1
		else:
			answer.pop('ResponseMetadata')
			if op.output_shape:
				complete(op.output_shape, answer, op.name)
			n['supported'] += 1
if wrong:
	raise SystemExit('\n'.join(wrong) + f'\n{len(wrong)} things are not as the models say')
print(f'{n["supported"]} answers complete, {n["refused"]} refusals of the models')
