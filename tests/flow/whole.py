#!/usr/bin/env python3
"""whole.py build ENDPOINT METADATA: an organisation that uses everything there is, over the API.
whole.py plain EXPORT [ACCOUNT]: an export with what is made anew elsewhere made alike, and without ACCOUNT."""
import json
import re
import sys


def build(endpoint, metadata):
	import boto3
	from botocore.config import Config
	config = Config(parameter_validation=False, retries={'mode': 'standard', 'total_max_attempts': 6})
	iam, org = (boto3.client(s, endpoint_url=endpoint, region_name='us-east-1', config=config) for s in ('iam', 'organizations'))
	doc = '{\n  "Version": "2012-10-17",\n  "Statement": [ {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"} ]\n}\n'
	deny = doc.replace('Allow', 'Deny')
	trust = '{"Version":"2012-10-17", "Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
	tags = [{'Key': 'z', 'Value': 'last'}, {'Key': 'a', 'Value': 'first'}]  # not in their order
	arn = 'arn:aws:iam::111122223333:'
	iam.create_account_alias(AccountAlias='whole')
	policy = iam.create_policy(PolicyName='read', Path='/team/', Description='to read', PolicyDocument=doc, Tags=tags)['Policy']['Arn']
	iam.create_policy_version(PolicyArn=policy, PolicyDocument=deny)
	iam.create_policy_version(PolicyArn=policy, PolicyDocument=doc, SetAsDefault=True)
	iam.delete_policy_version(PolicyArn=policy, VersionId='v2')
	iam.create_group(GroupName='devs', Path='/g/')
	iam.put_group_policy(GroupName='devs', PolicyName='own', PolicyDocument=doc)
	iam.attach_group_policy(GroupName='devs', PolicyArn=policy)
	iam.create_user(UserName='ann', Path='/u/', PermissionsBoundary=policy, Tags=tags)
	iam.put_user_policy(UserName='ann', PolicyName='own', PolicyDocument=deny)
	iam.attach_user_policy(UserName='ann', PolicyArn=policy)
	iam.add_user_to_group(GroupName='devs', UserName='ann')
	secrets = [iam.create_access_key(UserName='ann')['AccessKey'][k] for k in ('AccessKeyId', 'SecretAccessKey')]
	seed = iam.create_virtual_mfa_device(VirtualMFADeviceName='phone', Tags=tags)['VirtualMFADevice']
	secrets += [seed['Base32StringSeed'].decode(), seed['SerialNumber']]
	iam.create_role(RoleName='node', Path='/r/', Description='of machines', MaxSessionDuration=7200, AssumeRolePolicyDocument=trust,
		PermissionsBoundary=policy, Tags=tags)
	iam.put_role_policy(RoleName='node', PolicyName='own', PolicyDocument=doc)
	iam.attach_role_policy(RoleName='node', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
	for name in ('nodes', 'empty'):
		iam.create_instance_profile(InstanceProfileName=name, Path='/p/', Tags=tags)
	iam.add_role_to_instance_profile(InstanceProfileName='nodes', RoleName='node')
	iam.create_open_id_connect_provider(Url='https://ci.example.com', ClientIDList=['z', 'a'], ThumbprintList=['0' * 40], Tags=tags)
	iam.create_saml_provider(Name='corp', SAMLMetadataDocument=open(metadata).read(), Tags=tags)
	root = org.create_organization() and org.list_roots()['Roots'][0]['Id']
	org.enable_policy_type(RootId=root, PolicyType='RESOURCE_CONTROL_POLICY')
	unit = org.create_organizational_unit(ParentId=root, Name='ML', Tags=tags)['OrganizationalUnit']['Id']
	below = org.create_organizational_unit(ParentId=unit, Name='Training')['OrganizationalUnit']['Id']
	for name in ('train', 'gone'):
		made = org.create_account(Email=f'{name}@example.com', AccountName=name, Tags=tags)['CreateAccountStatus']['AccountId']
		org.move_account(AccountId=made, SourceParentId=root, DestinationParentId=below)
	org.create_account(Email='gone@example.com', AccountName='again')  # refused: FAILED stays in the list
	org.close_account(AccountId=made)
	scp = org.create_policy(Name='no-s3', Description='none', Type='SERVICE_CONTROL_POLICY', Content=deny, Tags=tags)['Policy']['PolicySummary']['Id']
	org.attach_policy(PolicyId=scp, TargetId=unit)
	org.tag_resource(ResourceId=root, Tags=tags)
	print('\n'.join(secrets))


def plain(path, account=None):
	bundle = json.load(open(path))
	bundle['Accounts'] = [a for a in bundle['Accounts'] if a['Id'] != account]
	places = bundle.get('Organization', {}).get('Accounts', [])
	places[:] = [a for a in places if a['Id'] != account]
	text = json.dumps(bundle, indent=1)
	print(re.sub(r'"(AIDA|AROA|AGPA|ANPA|AIPA)[A-Z0-9]{17}"', r'"\1"', text))


{'build': build, 'plain': plain}[sys.argv[1]](*sys.argv[2:])
