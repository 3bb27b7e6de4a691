"""A client that stays connected and does what its standard input says, a line of JSON each; each answer is a line too."""

import json
import sys

from substrateinterface import Keypair, KeypairType, SubstrateInterface

ZIV = 10**18


class Agent:
    def __init__(self, url):
        self.chain = SubstrateInterface(url=url)

    def send(self, secret, module, function, params):
        pair = Keypair.create_from_private_key(secret, crypto_type=KeypairType.ECDSA)
        call = self.chain.compose_call(module, function, params)
        extrinsic = self.chain.create_signed_extrinsic(call, pair)
        receipt = self.chain.submit_extrinsic(extrinsic, wait_for_finalization=True)
        return [f"{event.value['module_id'].lower()}.{event.value['event_id']}" for event in receipt.triggered_events]

    def transfer(self, secret, dest):
        return self.send(secret, "Balances", "transfer_keep_alive", {"dest": dest, "value": ZIV})

    def remark(self, secret, topic):
        return self.send(secret, "System", "remark_with_topic", {"remark": "0x01", "topic": topic})

    def version(self):
        self.chain.init_runtime()
        return self.chain.runtime_version


agent = Agent(sys.argv[1])
for line in sys.stdin:
    name, *arguments = json.loads(line)
    print(json.dumps(getattr(agent, name)(*arguments)), flush=True)
