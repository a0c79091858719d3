#!/usr/bin/env python3
"""storm.py FEDGATE FOLDER ROUNDS: kill -9 of every process in the midst of a storm of IAM writes.

Each round starts the gateway in FOLDER, lets writers change users, roles and policies, kills all of it at a moment of
the round's own, starts it again and compares what is there with what was acknowledged: a write that was answered is
there, the one that was not is there as a whole or not at all, and no row is quarantined.
"""
import datetime
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET

WRITERS = 4
ACCOUNT = '111122223333'
READ = f'arn:aws:iam::{ACCOUNT}:policy/base'
ALLOW = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:Get*', 'Resource': '*'}]})
TRUST = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': ACCOUNT}, 'Action': 'sts:AssumeRole'}]})
VERSION = {'iam': '2010-05-08', 'sts': '2011-06-15'}


dying = threading.Event()


class Refused(Exception):
	pass


class Client:
	"""A signed connection."""

	def __init__(self, url, key, secret):
		self.host = url.split('//')[1]
		self.key, self.secret = key, secret
		self.connection = http.client.HTTPConnection(self.host, timeout=60)

	def sign(self, service, body):
		now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ')
		scope = f'{now[:8]}/us-east-1/{service}/aws4_request'
		canonical = f'POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:{self.host}\nx-amz-date:{now}\n\n' \
			f'content-type;host;x-amz-date\n{hashlib.sha256(body).hexdigest()}'
		text = f'AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'
		k = ('AWS4' + self.secret).encode()
		for part in (now[:8], 'us-east-1', service, 'aws4_request', text):
			k = hmac.new(k, part.encode(), hashlib.sha256).digest()
		return {'Content-Type': 'application/x-www-form-urlencoded', 'X-Amz-Date': now,
			'Authorization': f'AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders=content-type;host;x-amz-date, Signature={k.hex()}'}

	def call(self, action, service='iam', **form):
		body = urllib.parse.urlencode({'Action': action, 'Version': VERSION[service], **form}, quote_via=urllib.parse.quote).encode()
		self.connection.request('POST', '/', body, self.sign(service, body))
		reply = self.connection.getresponse()
		text = reply.read().decode()
		if reply.status != 200:
			raise Refused(f'{action} {form}: {reply.status} {text}')
		return ET.fromstring(re.sub(r' xmlns="[^"]*"', '', text, count=1))


class Gateway:
	running = None

	def __init__(self, program, folder):
		Gateway.running = self
		self.errors = open(os.path.join(folder, 'serve.err'), 'a+')
		self.mark = self.errors.tell()
		self.process = subprocess.Popen([program, 'serve', '--set', 'listen=http://127.0.0.1:0'], cwd=folder, stdout=subprocess.PIPE,
			stderr=self.errors, text=True)
		line = self.process.stdout.readline()
		if not line.startswith('listening on '):
			raise SystemExit('the gateway does not start: ' + self.said())
		self.url = line.split()[-1]

	def said(self):
		self.errors.flush()
		with open(self.errors.name) as f:
			f.seek(self.mark)
			return f.read()

	def family(self, pid):
		found = [pid]
		try:
			for task in os.listdir(f'/proc/{pid}/task'):
				with open(f'/proc/{pid}/task/{task}/children') as f:
					for child in f.read().split():
						found += self.family(int(child))
		except FileNotFoundError:
			pass
		return found

	def kill(self):
		for pid in self.family(self.process.pid):
			try:
				os.kill(pid, signal.SIGKILL)
			except ProcessLookupError:
				pass
		self.end()

	def stop(self):
		self.process.terminate()
		self.end()

	def end(self):
		Gateway.running = None
		self.process.wait()
		self.process.stdout.close()
		self.errors.close()


class Writer(threading.Thread):
	"""Changes things of its own, one at a time; `state` is what was acknowledged, `flight` what was not."""

	def __init__(self, number, rounds, state, client):
		super().__init__(daemon=True)
		self.number, self.rounds, self.state, self.client = number, rounds, state, client
		self.flight = None
		self.acknowledged = 0
		self.keys = {}
		self.failure = None

	def change(self, name, after, action, **form):
		"""One write; `after` is what the entity is then (None: gone)."""
		self.flight = (name, after)
		reply = self.client.call(action, **form)
		if after is None:
			self.state.pop(name, None)
		else:
			self.state[name] = after
		self.flight = None
		self.acknowledged += 1
		return reply

	def alter(self, name, action, form, **more):
		return self.change(name, {**self.state[name], **more}, action, **form)

	def user(self, n, leave):
		u = f'u{self.rounds}-{self.number}-{n}'
		e, who = 'user/' + u, {'UserName': u}
		self.change(e, {'tags': {'n': str(n)}, 'groups': [], 'inline': [], 'attached': [], 'keys': []}, 'CreateUser',
			UserName=u, **{'Tags.member.1.Key': 'n', 'Tags.member.1.Value': n})
		self.alter(e, 'PutUserPolicy', {**who, 'PolicyName': 'p', 'PolicyDocument': ALLOW}, inline=['p'])
		self.alter(e, 'AddUserToGroup', {**who, 'GroupName': 'team'}, groups=['team'])
		self.alter(e, 'AttachUserPolicy', {**who, 'PolicyArn': READ}, attached=[READ])
		self.flight = (e, {**self.state[e], 'keys': ['?']})
		key = self.client.call('CreateAccessKey', **who).find('.//AccessKey')
		self.state[e] = {**self.state[e], 'keys': [key.findtext('AccessKeyId')]}
		self.keys = {key.findtext('AccessKeyId'): key.findtext('SecretAccessKey')}
		self.flight = None
		self.acknowledged += 1
		if leave:
			return
		self.alter(e, 'DeleteAccessKey', {**who, 'AccessKeyId': key.findtext('AccessKeyId')}, keys=[])
		self.keys = {}
		self.alter(e, 'DetachUserPolicy', {**who, 'PolicyArn': READ}, attached=[])
		self.alter(e, 'RemoveUserFromGroup', {**who, 'GroupName': 'team'}, groups=[])
		self.alter(e, 'DeleteUserPolicy', {**who, 'PolicyName': 'p'}, inline=[])
		self.change(e, None, 'DeleteUser', **who)

	def role(self, n, leave):
		r = f'r{self.rounds}-{self.number}-{n}'
		e, who = 'role/' + r, {'RoleName': r}
		self.change(e, {'tags': {}, 'inline': [], 'attached': [], 'description': ''}, 'CreateRole', AssumeRolePolicyDocument=TRUST, **who)
		self.alter(e, 'AttachRolePolicy', {**who, 'PolicyArn': READ}, attached=[READ])
		self.alter(e, 'PutRolePolicy', {**who, 'PolicyName': 'q', 'PolicyDocument': ALLOW}, inline=['q'])
		self.alter(e, 'TagRole', {**who, 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': 'v'}, tags={'k': 'v'})
		self.alter(e, 'UpdateRole', {**who, 'Description': 'later'}, description='later')
		if leave:
			return
		self.alter(e, 'DeleteRolePolicy', {**who, 'PolicyName': 'q'}, inline=[])
		self.alter(e, 'DetachRolePolicy', {**who, 'PolicyArn': READ}, attached=[])
		self.change(e, None, 'DeleteRole', **who)

	def policy(self, n, leave):
		p = f'p{self.rounds}-{self.number}-{n}'
		e, who = 'policy/' + p, {'PolicyArn': f'arn:aws:iam::{ACCOUNT}:policy/{p}'}
		self.change(e, {'default': 'v1', 'versions': ['v1']}, 'CreatePolicy', PolicyName=p, PolicyDocument=ALLOW)
		self.alter(e, 'CreatePolicyVersion', {**who, 'PolicyDocument': ALLOW, 'SetAsDefault': 'true'}, default='v2', versions=['v1', 'v2'])
		self.alter(e, 'DeletePolicyVersion', {**who, 'VersionId': 'v1'}, versions=['v2'])
		if not leave:
			self.change(e, None, 'DeletePolicy', **who)

	def run(self):
		try:
			for n in range(100000):
				(self.user, self.role, self.policy)[(n + self.number) % 3](n, n % 5 == 0)
		except Refused as e:
			# while it dies, a part that is left may say that another is gone: no acknowledgement
			if not (dying.is_set() and ': 503 ' in str(e)):
				self.failure = str(e)
		except (OSError, http.client.HTTPException):
			pass  # the gateway was killed


def names(entity, path):
	return sorted(m.text for m in entity.findall(path))


def tags(entity):
	return {t.findtext('Key'): t.findtext('Value') for t in entity.findall('Tags/member')}


def what_is_there(client):
	"""The account as entities in the writers' form."""
	found, marker = {}, {}
	while True:
		d = client.call('GetAccountAuthorizationDetails', **marker).find('GetAccountAuthorizationDetailsResult')
		for u in d.findall('UserDetailList/member'):
			found['user/' + u.findtext('UserName')] = {'tags': tags(u), 'groups': names(u, 'GroupList/member'),
				'inline': names(u, 'UserPolicyList/member/PolicyName'), 'attached': names(u, 'AttachedManagedPolicies/member/PolicyArn')}
		for r in d.findall('RoleDetailList/member'):
			found['role/' + r.findtext('RoleName')] = {'tags': tags(r), 'inline': names(r, 'RolePolicyList/member/PolicyName'),
				'attached': names(r, 'AttachedManagedPolicies/member/PolicyArn'), 'description': r.findtext('Description') or ''}
		for p in d.findall('Policies/member'):
			if p.findtext('Arn').startswith(f'arn:aws:iam::{ACCOUNT}:'):
				found['policy/' + p.findtext('PolicyName')] = {'default': p.findtext('DefaultVersionId'),
					'versions': names(p, 'PolicyVersionList/member/VersionId')}
		if d.findtext('IsTruncated') != 'true':
			break
		marker = {'Marker': d.findtext('Marker')}
	for name in [n for n in found if n.startswith('user/')]:
		keys = client.call('ListAccessKeys', UserName=name[5:])
		found[name]['keys'] = names(keys, './/AccessKeyMetadata/member/AccessKeyId')
	return found


def same(want, have):
	if want is None or have is None:
		return want is have
	if want.get('keys') == ['?']:  # a key whose id was never told
		return {**want, 'keys': 1} == {**have, 'keys': len(have['keys'])}
	return want == have


def compare(rounds, state, writers, found):
	"""Every acknowledged write, and of those in flight all or nothing; the state is then what was found."""
	flights = dict(w.flight for w in writers if w.flight is not None)
	for name in {*state, *found, *flights}:
		have, before = found.get(name), state.get(name)
		if same(before, have) or (name in flights and same(flights[name], have)):
			if have is None:
				state.pop(name, None)
			else:
				state[name] = have
			continue
		raise SystemExit(f'round {rounds}: {name} was acknowledged as {before}, in flight {flights.get(name)}, and is {have}')
	return sum(1 for name, after in flights.items() if same(after, found.get(name)))


def check_keys(rounds, gateway, writers, state):
	"""A key that is there opens: its secret was written with it."""
	live = {k for e in state.values() for k in e.get('keys', [])}
	for w in writers:
		for key, secret in w.keys.items():
			if key not in live:
				continue  # its deletion was in flight
			try:
				Client(gateway.url, key, secret).call('GetCallerIdentity', 'sts')
			except Refused as e:
				raise SystemExit(f'round {rounds}: an acknowledged key does not work: {e}')


def one_round(rounds, program, folder, admin, state):
	dying.clear()
	moment = random.Random(rounds).uniform(0.05, 0.9)
	gateway = Gateway(program, folder)
	writers = [Writer(i, rounds, {}, Client(gateway.url, *admin)) for i in range(WRITERS)]
	for w in writers:
		w.start()
	time.sleep(moment)
	dying.set()
	gateway.kill()
	for w in writers:
		w.join()
		if w.failure:
			raise SystemExit(f'round {rounds}: refused: {w.failure}')
		state.update(w.state)
	gateway = Gateway(program, folder)
	done = compare(rounds, state, writers, what_is_there(Client(gateway.url, *admin)))
	check_keys(rounds, gateway, writers, state)
	if 'quarantined' in gateway.said():
		raise SystemExit(f'round {rounds}: {gateway.said()}')
	gateway.stop()
	return sum(w.acknowledged for w in writers), sum(w.flight is not None for w in writers), done


def main():
	program, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
	with open(os.path.join(folder, 'admin.env')) as f:
		env = dict(re.findall(r'(AWS_\w+)=(\S+)', f.read()))
	admin = (env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'])
	gateway = Gateway(program, folder)
	client = Client(gateway.url, *admin)
	client.call('CreateGroup', GroupName='team')
	client.call('CreatePolicy', PolicyName='base', PolicyDocument=ALLOW)
	state = what_is_there(client)
	gateway.stop()
	acknowledged = flying = landed = 0
	for n in range(1, rounds + 1):
		a, f, d = one_round(n, program, folder, admin, state)
		acknowledged, flying, landed = acknowledged + a, flying + f, landed + d
	print(f'{rounds} rounds: {acknowledged} acknowledged writes, none lost; {flying} in flight, {landed} of them there, none by half')


if __name__ == '__main__':
	try:
		main()
	finally:
		if Gateway.running is not None:
			Gateway.running.kill()
