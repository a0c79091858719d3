#!/usr/bin/env python3
"""assume_role.py ENDPOINT CREDENTIALS: each rule of AssumeRole broken once; code, status and words of the refusal.

CREDENTIALS is a JSON file: who -> [key id, secret, token or ""]: admin, plain, silent (users of the data account), hop1 (a session of
ml's role train with a transitive tag and a source identity), federated (of the administrator), usertoken (the administrator's own session).
"""
import json, sys, boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, who = sys.argv[1], json.load(open(sys.argv[2]))
DATA, ML, THIRD = '444455556666', '111122223333', '777788889999'
TRAIN, SERVE = 'arn:aws:iam::%s:role/train' % ML, 'arn:aws:iam::%s:role/serve' % THIRD
CONF = Config(parameter_validation=False, retries={'mode': 'standard', 'total_max_attempts': 6})

def client(name):
    k = who[name]
    return boto3.client('sts', endpoint_url=endpoint, region_name='us-east-1', config=CONF, aws_access_key_id=k[0],
                        aws_secret_access_key=k[1], aws_session_token=k[2] or None)

clients = {n: client(n) for n in who}
base = {'RoleArn': TRAIN, 'RoleSessionName': 'negative', 'ExternalId': 'ext-42'}
onward = {'RoleArn': SERVE, 'RoleSessionName': 'negative'}

def ml(name):
    return 'arn:aws:iam::%s:role/%s' % (ML, name)

def constraint(label, text, value=None):
    return "1 validation error detected: Value %sat '%s' failed to satisfy constraint: Member must %s" % (
        '' if value is None else "'%s' " % value, label, text)

def denied(user, role, action='sts:AssumeRole'):
    return 'User: arn:aws:iam::%s:user/%s is not authorized to perform: %s on resource: %s' % (DATA, user, action, role)

HOP1 = 'User: arn:aws:sts::%s:assumed-role/train/hop1 is not authorized to perform: %%s on resource: %%s' % ML
statement = {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}
policy = json.dumps({'Version': '2012-10-17', 'Statement': [statement]})

def tags(*pairs):
    return [{'Key': k, 'Value': v} for k, v in pairs]

V, I, D = ('ValidationError', 400), ('InvalidParameterValue', 400), ('AccessDenied', 403)
ROWS = [
 # ---- parameters: presence, length, alphabet, range ----
 ('no role', 'admin', {'RoleArn': None}, V, "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"),
 ('no session name', 'admin', {'RoleSessionName': None}, V, "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null"),
 ('role ARN too short', 'admin', {'RoleArn': 'arn:aws:iam::1:r'}, V, constraint('roleArn', 'have length greater than or equal to 20', 'arn:aws:iam::1:r')),
 ('role ARN too long', 'admin', {'RoleArn': TRAIN + 2048 * 'x'}, V, 'Member must have length less than or equal to 2048'),
 ('not the ARN of a role', 'admin', {'RoleArn': 'arn:aws:iam::%s:user/train' % ML}, V, 'is invalid'),
 ('not an ARN', 'admin', {'RoleArn': 'train-train-train-train'}, V, 'is invalid'),
 ('session name too short', 'admin', {'RoleSessionName': 'x'}, V, constraint('roleSessionName', 'have length greater than or equal to 2', 'x')),
 ('session name too long', 'admin', {'RoleSessionName': 65 * 'x'}, V, constraint('roleSessionName', 'have length less than or equal to 64', 65 * 'x')),
 ('session name with a blank', 'admin', {'RoleSessionName': 'a b'}, V, constraint('roleSessionName', 'satisfy regular expression pattern: [\\w+=,.@-]*', 'a b')),
 ('session name of other letters', 'admin', {'RoleSessionName': 'h\u00e9h\u00e9'}, V, 'satisfy regular expression pattern: [\\w+=,.@-]*'),
 ('two wrong at once', 'admin', {'RoleSessionName': 'x', 'ExternalId': 'y'}, V, '2 validation errors detected: '),
 ('duration too short', 'admin', {'DurationSeconds': 899}, V, 'Member must have value greater than or equal to 900'),
 ('duration too long', 'admin', {'DurationSeconds': 43201}, V, 'Member must have value less than or equal to 43200'),
 ('longer than the role allows', 'admin', {'DurationSeconds': 7201}, V, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'),
 ('external id too short', 'admin', {'ExternalId': 'x'}, V, constraint('externalId', 'have length greater than or equal to 2', 'x')),
 ('external id too long', 'admin', {'ExternalId': 1225 * 'x'}, V, 'Member must have length less than or equal to 1224'),
 ('external id with a blank', 'admin', {'ExternalId': 'a b'}, V, constraint('externalId', 'satisfy regular expression pattern: [\\w+=,.@:\\/-]*', 'a b')),
 ('source identity too short', 'admin', {'SourceIdentity': 'x'}, V, constraint('sourceIdentity', 'have length greater than or equal to 2', 'x')),
 ('source identity too long', 'admin', {'SourceIdentity': 65 * 'x'}, V, 'Member must have length less than or equal to 64'),
 ('source identity of AWS', 'admin', {'SourceIdentity': 'aws:dana'}, V, constraint('sourceIdentity', 'satisfy regular expression pattern: [\\w+=,.@-]*', 'aws:dana')),
 ('source identity with a blank', 'admin', {'SourceIdentity': 'da na'}, V, constraint('sourceIdentity', 'satisfy regular expression pattern: [\\w+=,.@-]*', 'da na')),
 ('device too short', 'admin', {'SerialNumber': 'arn', 'TokenCode': '123456'}, V, 'Member must have length greater than or equal to 9'),
 ('device too long', 'admin', {'SerialNumber': 257 * 'a', 'TokenCode': '123456'}, V, 'Member must have length less than or equal to 256'),
 ('code of five digits', 'admin', {'SerialNumber': 'arn:aws:iam::%s:mfa/admin' % DATA, 'TokenCode': '12345'}, V, 'Member must have length greater than or equal to 6'),
 ('code of letters', 'admin', {'SerialNumber': 'arn:aws:iam::%s:mfa/admin' % DATA, 'TokenCode': 'abcdef'}, V, 'satisfy regular expression pattern: [\\d]*'),
 ('device without a code', 'admin', {'SerialNumber': 'arn:aws:iam::%s:mfa/admin' % DATA}, V, 'SerialNumber and TokenCode must be given together'),
 ('code without a device', 'admin', {'TokenCode': '123456'}, V, 'SerialNumber and TokenCode must be given together'),
 ('a device that is not there', 'admin', {'SerialNumber': 'arn:aws:iam::%s:mfa/admin' % DATA, 'TokenCode': '123456'}, D, 'MultiFactorAuthentication failed with invalid MFA one time pass code. '),
 ('somebody else\'s device', 'admin', {'SerialNumber': 'arn:aws:iam::%s:mfa/admin' % ML, 'TokenCode': '123456'}, D, 'MultiFactorAuthentication failed'),
 # ---- session policies ----
 ('policy that is none', 'admin', {'Policy': '{'}, ('MalformedPolicyDocument', 400), 'The policy is not in the valid JSON format or is not valid: '),
 ('policy without a resource', 'admin', {'Policy': json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*'}]})}, ('MalformedPolicyDocument', 400), 'The policy is not in the valid JSON format or is not valid: '),
 ('policy with a principal', 'admin', {'Policy': json.dumps({'Version': '2012-10-17', 'Statement': [dict(statement, Principal='*')]})}, ('MalformedPolicyDocument', 400), 'The policy is not in the valid JSON format or is not valid: '),
 ('empty policy', 'admin', {'Policy': ''}, V, 'Member must have length greater than or equal to 1'),
 ('policy outside of Latin-1', 'admin', {'Policy': policy.replace('s3:*', 's3:\u4e2d')}, V, 'satisfy regular expression pattern'),
 ('policy too long', 'admin', {'Policy': policy.replace('s3:*', 's3:' + 2048 * 'x')}, ('MalformedPolicyDocument', 400), 'The policy is not in the valid JSON format or is not valid: '),
 ('managed policy that is not there', 'admin', {'PolicyArns': [{'arn': 'arn:aws:iam::%s:policy/none' % ML}]}, V, 'does not exist or is not attachable.'),
 ('managed policy of the caller\'s account', 'admin', {'PolicyArns': [{'arn': 'arn:aws:iam::%s:policy/none' % DATA}]}, V, 'must be of the account of the role'),
 ('managed policy that is no ARN', 'admin', {'PolicyArns': [{'arn': 'none-none-none-none-none'}]}, V, 'is not valid.'),
 ('a managed policy twice', 'admin', {'PolicyArns': 2 * [{'arn': 'arn:aws:iam::aws:policy/AdministratorAccess'}]}, I, 'A policy ARN stands twice'),
 ('eleven managed policies', 'admin', {'PolicyArns': [{'arn': 'arn:aws:iam::%s:policy/p%02d' % (ML, i)} for i in range(11)]}, V, 'Member must have length less than or equal to 10'),
 # ---- tags ----
 ('tag without a value', 'admin', {'Tags': [{'Key': 'a'}]}, V, "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"),
 ('tag without a key', 'admin', {'Tags': tags(('', 'x'))}, V, "at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"),
 ('tag key too long', 'admin', {'Tags': tags((129 * 'k', 'x'))}, V, 'Member must have length less than or equal to 128'),
 ('tag value too long', 'admin', {'Tags': tags(('k', 257 * 'x'))}, V, 'Member must have length less than or equal to 256'),
 ('tag key of other characters', 'admin', {'Tags': tags(('a*', 'x'))}, V, 'satisfy regular expression pattern'),
 ('tag value with a control', 'admin', {'Tags': tags(('a', 'x\ny'))}, V, 'satisfy regular expression pattern'),
 ('tag key of AWS', 'admin', {'Tags': tags(('aws:x', '1'))}, I, 'Tag keys must not begin with aws:'),
 ('tag keys that differ in case', 'admin', {'Tags': tags(('a', '1'), ('A', '2'))}, I, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'),
 ('51 tags', 'admin', {'Tags': tags(*[('k%d' % i, 'v') for i in range(51)])}, V, 'Member must have length less than or equal to 50'),
 ('tags that do not fit', 'admin', {'Tags': tags(*[('%0100d' % i, '%0200d' % i) for i in range(50)])}, ('PackedPolicyTooLarge', 400), '% of allotted space.'),
 ('transitive key that is not asked for', 'admin', {'TransitiveTagKeys': ['a']}, I, 'The specified transitive tag key must be included in the requested tags.'),
 ('51 transitive keys', 'admin', {'TransitiveTagKeys': ['k%d' % i for i in range(51)]}, V, 'Member must have length less than or equal to 50'),
 # ---- contexts ----
 ('provided contexts', 'admin', {'raw': {'ProvidedContexts.member.1.ProviderArn': 'arn:aws:iam::aws:contextProvider/IdentityCenter', 'ProvidedContexts.member.1.ContextAssertion': 'eyJh'}}, I, 'ProvidedContexts is not supported'),
 ('a parameter that there is none of', 'admin', {'raw': {'Colour': 'blue'}}, V, 'The parameter Colour is not recognized'),
 ('a list with a gap', 'admin', {'raw': {'TransitiveTagKeys.member.2': 'a'}}, ('MalformedQueryString', 400), 'member.1 is missing'),
 ('a list that begins with 01', 'admin', {'raw': {'TransitiveTagKeys.member.01': 'a'}}, ('MalformedQueryString', 400), 'index'),
 # ---- both sides' policies ----
 ('without the external id', 'admin', {'ExternalId': None}, D, denied('admin', TRAIN)),
 ('another external id', 'admin', {'ExternalId': 'ext-43'}, D, denied('admin', TRAIN)),
 ('the external id in other letters', 'admin', {'ExternalId': 'EXT-42'}, D, denied('admin', TRAIN)),
 ('a role that is not there', 'admin', {'RoleArn': ml('none')}, D, denied('admin', ml('none'))),
 ('a role under another path', 'admin', {'RoleArn': ml('path/train')}, D, denied('admin', ml('path/train'))),
 ('a role in other letters', 'admin', {'RoleArn': ml('Train')}, D, denied('admin', ml('Train'))),
 ('an account that is not there', 'admin', {'RoleArn': 'arn:aws:iam::999999999999:role/train'}, D, denied('admin', 'arn:aws:iam::999999999999:role/train')),
 ('whom the trust policy does not name', 'admin', {'RoleArn': SERVE}, D, denied('admin', SERVE)),
 ('whose own policies are silent', 'silent', {}, D, denied('silent', TRAIN)),
 ('tags without sts:TagSession in the trust policy', 'admin', {'RoleArn': ml('bare'), 'Tags': tags(('a', '1'))}, D, denied('admin', ml('bare'), 'sts:TagSession')),
 ('tags without sts:TagSession in the caller\'s', 'plain', {'Tags': tags(('a', '1'))}, D, denied('plain', TRAIN, 'sts:TagSession')),
 ('a source identity without the action in the trust policy', 'admin', {'RoleArn': ml('bare'), 'SourceIdentity': 'dana'}, D, denied('admin', ml('bare'), 'sts:SetSourceIdentity')),
 ('a source identity without the action in the caller\'s', 'plain', {'SourceIdentity': 'dana'}, D, denied('plain', TRAIN, 'sts:SetSourceIdentity')),
 ('another source identity than the trust policy asks for', 'admin', {'RoleArn': ml('as-dana'), 'SourceIdentity': 'eve'}, D, denied('admin', ml('as-dana'))),
 ('no source identity where one is asked for', 'admin', {'RoleArn': ml('as-dana')}, D, denied('admin', ml('as-dana'))),
 ('another tag than the trust policy asks for', 'admin', {'RoleArn': ml('for-model'), 'Tags': tags(('project', 'else'))}, D, denied('admin', ml('for-model'))),
 ('another session name than the trust policy asks for', 'admin', {'RoleArn': ml('named')}, D, denied('admin', ml('named'))),
 ('without a second factor', 'admin', {'RoleArn': ml('with-mfa')}, D, denied('admin', ml('with-mfa'))),
 # ---- who may not at all ----
 ('a federated user', 'federated', {}, D, 'Cannot call AssumeRole with session credentials'),
 # ---- chains ----
 ('a chained session over an hour', 'hop1', dict(onward, DurationSeconds=3601), V, 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.'),
 ('a transitive tag set again', 'hop1', dict(onward, Tags=tags(('project', 'x'))), I, "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."),
 ('the same in other letters', 'hop1', dict(onward, Tags=tags(('PROJECT', 'x'))), I, "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."),
 ('another source identity', 'hop1', dict(onward, SourceIdentity='mallory'), D, 'The source identity of the calling session cannot be changed'),
 ('an inherited tag that the trust policy does not take', 'hop1', dict(onward, RoleArn='arn:aws:iam::%s:role/no-tags' % THIRD), D, HOP1 % ('sts:TagSession', 'arn:aws:iam::%s:role/no-tags' % THIRD)),
 ('an inherited source identity that the trust policy does not take', 'hop1', dict(onward, RoleArn='arn:aws:iam::%s:role/no-source' % THIRD), D, HOP1 % ('sts:SetSourceIdentity', 'arn:aws:iam::%s:role/no-source' % THIRD)),
 ('a role does not trust itself', 'hop1', dict(onward, RoleArn=TRAIN, ExternalId='ext-42'), D, HOP1 % ('sts:AssumeRole', TRAIN)),
 ('a tag that is not transitive is not handed down', 'hop1', dict(onward, RoleArn='arn:aws:iam::%s:role/for-team' % THIRD), D, HOP1 % ('sts:AssumeRole', 'arn:aws:iam::%s:role/for-team' % THIRD)),
]
# What the rules leave open: the same calls, kept.
KEPT = [
 ('an external id that is not asked for', 'admin', {'RoleArn': ml('bare')}),
 ('the longest that the role allows', 'admin', {'DurationSeconds': 7200}),
 ('the shortest', 'admin', {'DurationSeconds': 900}),
 ('the caller\'s own session', 'usertoken', {}),
 ('the same source identity again', 'hop1', dict(onward, SourceIdentity='dana')),
 ('one hour', 'hop1', dict(onward, DurationSeconds=3600)),
 ('the source identity that is asked for', 'admin', {'RoleArn': ml('as-dana'), 'SourceIdentity': 'dana'}),
 ('the tag that is asked for', 'admin', {'RoleArn': ml('for-model'), 'Tags': tags(('Project', 'model'))}),
 ('the session name that is asked for', 'admin', {'RoleArn': ml('named'), 'RoleSessionName': 'admin'}),
]

raw = {}

def add_raw(params, **_):
    params['body'].update(raw)

for c in clients.values():
    c.meta.events.register('before-call.sts.AssumeRole', add_raw)

def ask(by, args):
    full = dict(onward if by == 'hop1' else base, **args)
    raw.clear()
    raw.update(full.pop('raw', {})) # what this client's model does not know
    return clients[by].assume_role(**{k: v for k, v in full.items() if v is not None})

bad = 0
for text, by, args, (code, status), words in ROWS:
    try:
        ask(by, args)
        print('%s: accepted' % text)
        bad += 1
        continue
    except ClientError as e:
        got, message, http = e.response['Error']['Code'], e.response['Error']['Message'], e.response['ResponseMetadata']['HTTPStatusCode']
    if (got, http) != (code, status) or words not in message:
        print('%s: %s %s "%s", want %s %s "%s"' % (text, http, got, message, status, code, words))
        bad += 1
for text, by, args in KEPT:
    try:
        ask(by, args)
    except ClientError as e:
        print('%s: refused: %s' % (text, e))
        bad += 1
print('%d rules broken once each, %d kept' % (len(ROWS), len(KEPT)))
sys.exit(bad != 0)
