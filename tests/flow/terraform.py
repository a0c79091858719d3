#!/usr/bin/env python3
"""terraform.py ENDPOINT METADATA: the calls that Terraform's AWS provider makes for its IAM resources, in its order.

Each resource is created, read back, refreshed without a difference, changed, refreshed again and destroyed; after that its
read says NoSuchEntity, which is how the provider learns that a resource is gone.
"""
import json
import sys
import urllib.parse

import boto3
from botocore.config import Config

endpoint, metadata = sys.argv[1], open(sys.argv[2]).read()
config = Config(retries={'mode': 'standard', 'total_max_attempts': 6})
iam = boto3.client('iam', endpoint_url=endpoint, config=config)
sts = boto3.client('sts', endpoint_url=endpoint, config=config)
NO = iam.exceptions.NoSuchEntityException
ACCOUNT = sts.get_caller_identity()['Account']  # what the provider asks first
PARTITION = f'arn:aws:iam::{ACCOUNT}:'


def document(action, resource='*'):
	return json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': action, 'Resource': resource}]})


def trust(principal):
	return json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': principal, 'Action': 'sts:AssumeRole'}]})


def tags(d):
	return [{'Key': k, 'Value': v} for k, v in d.items()]


def untagged(entity):
	return {t['Key']: t['Value'] for t in entity.get('Tags', [])}


def pages(call, key, **args):
	"""As the provider's generated pagers do: follow the marker."""
	found = []
	while True:
		page = call(**args)
		found += page[key]
		if not page.get('IsTruncated'):
			return found
		args['Marker'] = page['Marker']


def same(text, want):
	"""The provider compares documents as JSON; boto3 has decoded them already."""
	have = text if isinstance(text, dict) else json.loads(urllib.parse.unquote(text))
	assert have == json.loads(want), (have, want)


def retag(tag, untag, who, old, new):
	"""updateTags: what went first, then what is new or other."""
	gone = [k for k in old if k not in new]
	if gone:
		untag(**who, TagKeys=gone)
	changed = {k: v for k, v in new.items() if old.get(k) != v}
	if changed:
		tag(**who, Tags=tags(changed))


class Policy:
	def create(self):
		self.document, self.tags = document('s3:GetObject'), {'env': 'dev', 'team': 'ml'}
		made = iam.create_policy(PolicyName='tf-policy', Path='/tf/', Description='d', PolicyDocument=self.document, Tags=tags(self.tags))
		self.arn = made['Policy']['Arn']
		assert made['Policy']['DefaultVersionId'] == 'v1'

	def read(self):
		p = iam.get_policy(PolicyArn=self.arn)['Policy']
		v = iam.get_policy_version(PolicyArn=self.arn, VersionId=p['DefaultVersionId'])['PolicyVersion']
		same(v['Document'], self.document)
		assert (p['Description'], p['Path'], untagged(p)) == ('d', '/tf/', self.tags), p

	def update(self):
		# more changes than a policy has versions: the provider makes room by deleting the oldest one
		for n in range(6):
			versions = pages(iam.list_policy_versions, 'Versions', PolicyArn=self.arn)
			if len(versions) >= 5:
				oldest = min((v for v in versions if not v['IsDefaultVersion']), key=lambda v: (v['CreateDate'], v['VersionId']))
				iam.delete_policy_version(PolicyArn=self.arn, VersionId=oldest['VersionId'])
			self.document = document(f's3:Get{n}*')
			iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=self.document, SetAsDefault=True)
		new = {'env': 'prod', 'owner': 'data'}
		retag(iam.tag_policy, iam.untag_policy, {'PolicyArn': self.arn}, self.tags, new)
		self.tags = new
		assert {t['Key'] for t in pages(iam.list_policy_tags, 'Tags', PolicyArn=self.arn)} == set(new)

	def delete(self):
		for v in pages(iam.list_policy_versions, 'Versions', PolicyArn=self.arn):
			if not v['IsDefaultVersion']:
				iam.delete_policy_version(PolicyArn=self.arn, VersionId=v['VersionId'])
		iam.delete_policy(PolicyArn=self.arn)


class User:
	name = 'tf-user'

	def create(self):
		self.tags, self.path, self.boundary = {'a': '1'}, '/tf/', POLICY.arn
		made = iam.create_user(UserName=self.name, Path=self.path, PermissionsBoundary=self.boundary, Tags=tags(self.tags))['User']
		self.uid = made['UserId']
		assert made['Arn'] == PARTITION + 'user/tf/tf-user', made

	def read(self):
		u = iam.get_user(UserName=self.name)['User']
		have = u['Path'], u['UserId'], u.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn'), untagged(u)
		assert have == (self.path, self.uid, self.boundary, self.tags), u
		assert 'PasswordLastUsed' not in u

	def update(self):
		iam.update_user(UserName=self.name, NewUserName='tf-user2', NewPath='/tf2/')
		self.name, self.path = 'tf-user2', '/tf2/'
		iam.delete_user_permissions_boundary(UserName=self.name)
		iam.put_user_permissions_boundary(UserName=self.name, PermissionsBoundary=self.boundary)
		iam.delete_user_permissions_boundary(UserName=self.name)
		self.boundary = None
		retag(iam.tag_user, iam.untag_user, {'UserName': self.name}, self.tags, {'b': '2'})
		self.tags = {'b': '2'}

	def delete(self):
		"""With force_destroy: whatever hangs on the user goes first."""
		who = {'UserName': self.name}
		for g in pages(iam.list_groups_for_user, 'Groups', **who):
			iam.remove_user_from_group(GroupName=g['GroupName'], **who)
		for k in pages(iam.list_access_keys, 'AccessKeyMetadata', **who):
			iam.delete_access_key(AccessKeyId=k['AccessKeyId'], **who)
		assert pages(iam.list_ssh_public_keys, 'SSHPublicKeys', **who) == []
		assert [m for m in pages(iam.list_virtual_mfa_devices, 'VirtualMFADevices', AssignmentStatus='Assigned')
			if m['User']['UserName'] == self.name] == []
		assert pages(iam.list_mfa_devices, 'MFADevices', **who) == []
		try:
			iam.delete_login_profile(**who)
			raise SystemExit('a login profile was deleted')
		except NO:
			pass
		assert pages(iam.list_signing_certificates, 'Certificates', **who) == []
		assert iam.list_service_specific_credentials(**who)['ServiceSpecificCredentials'] == []
		iam.delete_user(**who)


class UserPolicy:
	def create(self):
		self.document = document('sts:AssumeRole')
		iam.put_user_policy(UserName=USER.name, PolicyName='p', PolicyDocument=self.document)

	def read(self):
		same(iam.get_user_policy(UserName=USER.name, PolicyName='p')['PolicyDocument'], self.document)

	def update(self):
		self.document = document('sts:*')
		iam.put_user_policy(UserName=USER.name, PolicyName='p', PolicyDocument=self.document)

	def delete(self):
		iam.delete_user_policy(UserName=USER.name, PolicyName='p')


class UserPolicyAttachment:
	def create(self):
		iam.attach_user_policy(UserName=USER.name, PolicyArn=POLICY.arn)

	def read(self):
		found = pages(iam.list_attached_user_policies, 'AttachedPolicies', UserName=USER.name)
		if POLICY.arn not in [p['PolicyArn'] for p in found]:
			iam.get_user(UserName='tf-none')  # the provider's own "not found"

	def update(self):
		iam.attach_user_policy(UserName=USER.name, PolicyArn=POLICY.arn)

	def delete(self):
		iam.detach_user_policy(UserName=USER.name, PolicyArn=POLICY.arn)


class AccessKey:
	def create(self):
		made = iam.create_access_key(UserName=USER.name)['AccessKey']
		self.id, self.status = made['AccessKeyId'], 'Active'
		who = boto3.client('sts', endpoint_url=endpoint, aws_access_key_id=self.id, aws_secret_access_key=made['SecretAccessKey'])
		assert who.get_caller_identity()['Arn'] == PARTITION + 'user/tf/tf-user'

	def read(self):
		found = [k for k in pages(iam.list_access_keys, 'AccessKeyMetadata', UserName=USER.name) if k['AccessKeyId'] == self.id]
		if not found:
			iam.get_user(UserName='tf-none')
		assert found[0]['Status'] == self.status
		used = iam.get_access_key_last_used(AccessKeyId=self.id)
		assert used['AccessKeyLastUsed']['ServiceName'] == 'sts' and used['UserName'] == USER.name, used

	def update(self):
		self.status = 'Inactive'
		iam.update_access_key(UserName=USER.name, AccessKeyId=self.id, Status=self.status)

	def delete(self):
		iam.delete_access_key(UserName=USER.name, AccessKeyId=self.id)


class Group:
	name, path = 'tf-group', '/tf/'

	def create(self):
		iam.create_group(GroupName=self.name, Path=self.path)

	def read(self):
		g = iam.get_group(GroupName=self.name)['Group']
		assert g['Path'] == self.path and g['Arn'] == PARTITION + 'group' + self.path + self.name, g

	def update(self):
		iam.update_group(GroupName=self.name, NewGroupName='tf-group2', NewPath='/tf2/')
		self.name, self.path = 'tf-group2', '/tf2/'

	def delete(self):
		iam.delete_group(GroupName=self.name)


class GroupMembership:
	def create(self):
		iam.add_user_to_group(GroupName=GROUP.name, UserName=USER.name)
		self.users = {USER.name}

	def read(self):
		found = {u['UserName'] for u in pages(iam.get_group, 'Users', GroupName=GROUP.name, MaxItems=1)}
		assert len(found) == len(self.users), found

	def update(self):
		iam.create_user(UserName='tf-second')
		iam.add_user_to_group(GroupName=GROUP.name, UserName='tf-second')
		self.users = {USER.name, 'tf-second'}

	def delete(self):
		for u in (USER.name, 'tf-second'):
			iam.remove_user_from_group(GroupName=GROUP.name, UserName=u)
		iam.delete_user(UserName='tf-second')
		assert iam.get_group(GroupName=GROUP.name)['Users'] == []
		iam.get_user(UserName='tf-second')


class GroupPolicy:
	def create(self):
		self.document = document('s3:ListBucket')
		iam.put_group_policy(GroupName=GROUP.name, PolicyName='g', PolicyDocument=self.document)
		iam.attach_group_policy(GroupName=GROUP.name, PolicyArn=POLICY.arn)

	def read(self):
		same(iam.get_group_policy(GroupName=GROUP.name, PolicyName='g')['PolicyDocument'], self.document)
		found = pages(iam.list_attached_group_policies, 'AttachedPolicies', GroupName=GROUP.name)
		assert [p['PolicyName'] for p in found] == ['tf-policy'], found

	def update(self):
		self.document = document('s3:*')
		iam.put_group_policy(GroupName=GROUP.name, PolicyName='g', PolicyDocument=self.document)
		assert iam.list_group_policies(GroupName=GROUP.name)['PolicyNames'] == ['g']

	def delete(self):
		iam.detach_group_policy(GroupName=GROUP.name, PolicyArn=POLICY.arn)
		iam.delete_group_policy(GroupName=GROUP.name, PolicyName='g')


class Role:
	name = 'tf-role'

	def create(self):
		self.tags, self.description, self.duration = {'env': 'dev'}, 'd', 3600
		self.trust = trust({'AWS': PARTITION + 'user/tf/tf-user'})
		made = iam.create_role(RoleName=self.name, Path='/tf/', AssumeRolePolicyDocument=self.trust, Description=self.description,
			MaxSessionDuration=self.duration, PermissionsBoundary=POLICY.arn, Tags=tags(self.tags))['Role']
		self.boundary, self.uid = POLICY.arn, made['RoleId']

	def read(self):
		r = iam.get_role(RoleName=self.name)['Role']
		assert r['Arn'] == PARTITION + 'role/tf/tf-role' and r['RoleId'] == self.uid, r
		assert (r.get('Description', ''), r['MaxSessionDuration'], untagged(r)) == (self.description, self.duration, self.tags), r
		assert r.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn') == self.boundary
		same(r['AssumeRolePolicyDocument'], self.trust)
		pages(iam.list_role_policies, 'PolicyNames', RoleName=self.name)
		pages(iam.list_attached_role_policies, 'AttachedPolicies', RoleName=self.name)

	def update(self):
		self.trust = trust({'AWS': ACCOUNT})
		iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=self.trust)
		self.trust = trust({'AWS': f'arn:aws:iam::{ACCOUNT}:root'})
		iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=self.trust)
		iam.update_role_description(RoleName=self.name, Description='later')
		iam.update_role(RoleName=self.name, MaxSessionDuration=7200)
		self.description, self.duration = 'later', 7200
		iam.delete_role_permissions_boundary(RoleName=self.name)
		self.boundary = None
		retag(iam.tag_role, iam.untag_role, {'RoleName': self.name}, self.tags, {'env': 'prod', 'x': ''})
		self.tags = {'env': 'prod', 'x': ''}
		iam.update_role_description(RoleName=self.name, Description='')
		self.description = ''

	def delete(self):
		"""With force_detach_policies."""
		for p in pages(iam.list_instance_profiles_for_role, 'InstanceProfiles', RoleName=self.name):
			iam.remove_role_from_instance_profile(InstanceProfileName=p['InstanceProfileName'], RoleName=self.name)
		for p in pages(iam.list_attached_role_policies, 'AttachedPolicies', RoleName=self.name):
			iam.detach_role_policy(RoleName=self.name, PolicyArn=p['PolicyArn'])
		for n in pages(iam.list_role_policies, 'PolicyNames', RoleName=self.name):
			iam.delete_role_policy(RoleName=self.name, PolicyName=n)
		iam.delete_role(RoleName=self.name)


class RolePolicy:
	def create(self):
		self.document = document('logs:*')
		iam.put_role_policy(RoleName=ROLE.name, PolicyName='r', PolicyDocument=self.document)

	def read(self):
		same(iam.get_role_policy(RoleName=ROLE.name, PolicyName='r')['PolicyDocument'], self.document)

	def update(self):
		self.document = document('logs:Put*')
		iam.put_role_policy(RoleName=ROLE.name, PolicyName='r', PolicyDocument=self.document)

	def delete(self):
		iam.delete_role_policy(RoleName=ROLE.name, PolicyName='r')


class RolePolicyAttachment:
	arn = 'arn:aws:iam::aws:policy/AdministratorAccess'

	def create(self):
		iam.attach_role_policy(RoleName=ROLE.name, PolicyArn=self.arn)

	def read(self):
		found = pages(iam.list_attached_role_policies, 'AttachedPolicies', RoleName=ROLE.name)
		if self.arn not in [p['PolicyArn'] for p in found]:
			iam.get_role(RoleName='tf-none')

	def update(self):
		found = pages(iam.list_entities_for_policy, 'PolicyRoles', PolicyArn=self.arn)
		assert ROLE.name in [r['RoleName'] for r in found], found

	def delete(self):
		iam.detach_role_policy(RoleName=ROLE.name, PolicyArn=self.arn)


class InstanceProfile:
	name = 'tf-profile'

	def create(self):
		self.tags = {'a': '1'}
		iam.create_instance_profile(InstanceProfileName=self.name, Path='/tf/', Tags=tags(self.tags))
		iam.get_waiter('instance_profile_exists').wait(InstanceProfileName=self.name)
		iam.add_role_to_instance_profile(InstanceProfileName=self.name, RoleName=ROLE.name)

	def read(self):
		p = iam.get_instance_profile(InstanceProfileName=self.name)['InstanceProfile']
		assert [r['RoleName'] for r in p['Roles']] == [ROLE.name] and untagged(p) == self.tags, p
		iam.get_role(RoleName=p['Roles'][0]['RoleName'])

	def update(self):
		iam.remove_role_from_instance_profile(InstanceProfileName=self.name, RoleName=ROLE.name)
		iam.add_role_to_instance_profile(InstanceProfileName=self.name, RoleName=ROLE.name)
		retag(iam.tag_instance_profile, iam.untag_instance_profile, {'InstanceProfileName': self.name}, self.tags, {'a': '2'})
		self.tags = {'a': '2'}

	def delete(self):
		iam.remove_role_from_instance_profile(InstanceProfileName=self.name, RoleName=ROLE.name)
		iam.delete_instance_profile(InstanceProfileName=self.name)


class Oidc:
	def create(self):
		self.clients, self.prints, self.tags = ['sts.amazonaws.com'], ['6938fd4d98bab03faadb97b34396831e3780aea1'], {'ci': 'yes'}
		self.arn = iam.create_open_id_connect_provider(Url='https://token.actions.example.com', ClientIDList=self.clients,
			ThumbprintList=self.prints, Tags=tags(self.tags))['OpenIDConnectProviderArn']

	def read(self):
		p = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=self.arn)
		assert p['Url'] == 'token.actions.example.com', p
		assert (p['ClientIDList'], p['ThumbprintList'], untagged(p)) == (self.clients, self.prints, self.tags), p

	def update(self):
		who = {'OpenIDConnectProviderArn': self.arn}
		self.prints = ['990f4193972f2becf12ddeda5237f9c952f20d9e']
		iam.update_open_id_connect_provider_thumbprint(ThumbprintList=self.prints, **who)
		iam.add_client_id_to_open_id_connect_provider(ClientID='other', **who)
		iam.remove_client_id_from_open_id_connect_provider(ClientID='sts.amazonaws.com', **who)
		self.clients = ['other']
		retag(iam.tag_open_id_connect_provider, iam.untag_open_id_connect_provider, who, self.tags, {})
		self.tags = {}
		assert self.arn in [p['Arn'] for p in iam.list_open_id_connect_providers()['OpenIDConnectProviderList']]

	def delete(self):
		iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=self.arn)


class Saml:
	def create(self):
		self.tags = {'idp': 'corp'}
		self.arn = iam.create_saml_provider(Name='tf-saml', SAMLMetadataDocument=metadata, Tags=tags(self.tags))['SAMLProviderArn']

	def read(self):
		p = iam.get_saml_provider(SAMLProviderArn=self.arn)
		assert p['SAMLMetadataDocument'] == metadata and untagged(p) == self.tags, p
		assert p.get('ValidUntil', p['CreateDate']) is not None

	def update(self):
		assert iam.update_saml_provider(SAMLProviderArn=self.arn, SAMLMetadataDocument=metadata)['SAMLProviderArn'] == self.arn
		retag(iam.tag_saml_provider, iam.untag_saml_provider, {'SAMLProviderArn': self.arn}, self.tags, {'idp': 'other'})
		self.tags = {'idp': 'other'}

	def delete(self):
		iam.delete_saml_provider(SAMLProviderArn=self.arn)


class Alias:
	name = 'tf-account'

	def create(self):
		iam.create_account_alias(AccountAlias=self.name)

	def read(self):
		if iam.list_account_aliases()['AccountAliases'] != [self.name]:
			iam.get_role(RoleName='tf-none')

	def update(self):  # replaced: the new one takes the old one's place
		iam.delete_account_alias(AccountAlias=self.name)
		self.name = 'tf-account-2'
		iam.create_account_alias(AccountAlias=self.name)

	def delete(self):
		iam.delete_account_alias(AccountAlias=self.name)


def data_sources():
	"""aws_caller_identity, aws_iam_session_context, aws_iam_role, _roles, _users, _policy, _group, _instance_profile."""
	assert sts.get_caller_identity()['Arn'] == PARTITION + 'user/admin'
	session = sts.assume_role(RoleArn=PARTITION + 'role/tf/tf-role', RoleSessionName='plan')['Credentials']
	arn = boto3.client('sts', endpoint_url=endpoint, aws_access_key_id=session['AccessKeyId'], aws_secret_access_key=session['SecretAccessKey'],
		aws_session_token=session['SessionToken']).get_caller_identity()['Arn']
	role = arn.split('/')[1]
	issuer = iam.get_role(RoleName=role)['Role']
	assert issuer['Arn'] == PARTITION + 'role/tf/tf-role' and issuer['RoleLastUsed']['LastUsedDate'], issuer
	assert [r['RoleName'] for r in pages(iam.list_roles, 'Roles', PathPrefix='/tf/', MaxItems=1)] == ['tf-role']
	assert [u['UserName'] for u in pages(iam.list_users, 'Users', PathPrefix='/tf2/')] == [USER.name]
	assert [p['PolicyName'] for p in pages(iam.list_policies, 'Policies', Scope='Local', PathPrefix='/tf/')] == ['tf-policy']
	assert [p['PolicyName'] for p in pages(iam.list_policies, 'Policies', Scope='AWS', MaxItems=5)].count('AdministratorAccess') == 1
	assert iam.get_group(GroupName=GROUP.name)['Group']['GroupName'] == GROUP.name
	assert len(pages(iam.list_instance_profiles, 'InstanceProfiles', PathPrefix='/tf/')) == 1
	assert pages(iam.list_server_certificates, 'ServerCertificateMetadataList') == []
	try:
		iam.get_account_password_policy()
		raise SystemExit('a password policy')
	except NO:
		pass


POLICY, USER, GROUP, ROLE = Policy(), User(), Group(), Role()
resources = [POLICY, USER, UserPolicy(), UserPolicyAttachment(), AccessKey(), GROUP, GroupMembership(), GroupPolicy(), ROLE, RolePolicy(),
	RolePolicyAttachment(), InstanceProfile(), Oidc(), Saml(), Alias()]


def main():
	before = iam.get_account_authorization_details()
	for r in resources:
		r.create()
		r.read()
	for r in resources:
		r.read()
	for r in resources:
		r.update()
	for r in resources:
		r.read()
	data_sources()
	for r in reversed(resources):
		name = type(r).__name__
		try:
			r.delete()
			r.read()
			raise SystemExit(name + ' is there after it was destroyed')
		except NO:
			pass
	after = iam.get_account_authorization_details()
	for key in ('UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'):
		assert before[key] == after[key], key
	print(f'{len(resources)} resources created, refreshed, changed and destroyed')


main()
