"""Python's substrate-interface: reading, transactions, subscriptions, a runtime upgrade."""

import unittest

from substrateinterface import Keypair, KeypairType, SubstrateInterface
from substrateinterface.exceptions import SubstrateRequestException

import cookbook
from node import KEYS, ZIV, Node, eventually, stranger, upgraded_runtime


def key_pair(name):
    return Keypair.create_from_private_key(KEYS[name], crypto_type=KeypairType.ECDSA)


class SubstrateInterfaceTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node("--sealing", "interval=200", "--state-pruning", "archive")
        cls.chain = SubstrateInterface(url=cls.node.ws)
        cls.sender = key_pair("baltathar")

    @classmethod
    def tearDownClass(cls):
        cls.chain.close()
        cls.node.stop()

    def free(self, address, block=None):
        return self.chain.query("System", "Account", [address], block_hash=block).value["data"]["free"]

    def send(self, module, function, params, sender=None, **options):
        call = self.chain.compose_call(module, function, params)
        extrinsic = self.chain.create_signed_extrinsic(call, sender or self.sender, **options)
        return self.chain.submit_extrinsic(extrinsic, wait_for_finalization=True)

    def transfer(self, dest, value, **options):
        return self.send("Balances", "transfer_keep_alive", {"dest": dest, "value": value}, **options)

    def test_chain_is_described(self):
        self.assertEqual(self.chain.chain, "Ziver Development")
        self.assertEqual(self.chain.properties["tokenSymbol"], "ZIV")
        self.assertEqual(self.chain.token_decimals, 18)
        self.assertEqual(self.chain.get_block_hash(0), self.node.rpc("chain_getBlockHash", 0))

    def test_keys_give_20_byte_addresses(self):
        self.assertEqual(self.sender.ss58_address, "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0")

    def test_values_maps_constants_and_runtime_calls_are_read(self):
        head = self.chain.get_chain_finalised_head()
        self.assertGreater(self.free(self.sender.ss58_address), 1_000 * ZIV)
        accounts = list(self.chain.query_map("System", "Account", block_hash=head, page_size=2))
        self.assertGreaterEqual(len(accounts), 6)
        total = sum(info.value["data"]["free"] + info.value["data"]["reserved"] for _, info in accounts)
        self.assertEqual(self.chain.query("Balances", "TotalIssuance", block_hash=head).value, total)
        keys = [self.chain.create_storage_key("System", "Account", [key_pair(name).ss58_address]) for name in KEYS]
        self.assertTrue(all(info.value["data"]["free"] > ZIV for _, info in self.chain.query_multi(keys)))
        self.assertEqual(self.chain.get_constant("System", "SS58Prefix").value, 42)
        nonce = self.chain.runtime_call("AccountNonceApi", "account_nonce", [key_pair("dorothy").ss58_address])
        self.assertEqual(nonce.value, 0)
        version = self.chain.runtime_call("Core", "version").value
        self.assertEqual(version["spec_name"], "ziver")

    def test_transfer_is_final_with_receipt_and_events(self):
        receiver = stranger()
        receipt = self.transfer(receiver, 3 * ZIV)
        self.assertTrue(receipt.is_success)
        self.assertGreater(receipt.total_fee_amount, 0)
        names = [f"{event.value['module_id']}.{event.value['event_id']}" for event in receipt.triggered_events]
        self.assertIn("Balances.Transfer", names)
        self.assertEqual(names[-1], "System.ExtrinsicSuccess")
        self.assertEqual(self.free(receiver, receipt.block_hash), 3 * ZIV)

    def test_failing_transfer_has_its_error(self):
        receipt = self.transfer(stranger(), 10**30)
        self.assertFalse(receipt.is_success)
        # The library names errors of pallets alone.
        self.assertIsNone(receipt.error_message)
        self.assertEqual(receipt.triggered_events[-1].value["event_id"], "ExtrinsicFailed")
        remark = self.chain.compose_call("System", "remark", {"remark": "0x01"})
        receipt = self.send("Sudo", "sudo", {"call": remark})
        self.assertFalse(receipt.is_success)
        self.assertEqual(receipt.error_message["name"], "RequireSudo")

    def test_refused_transaction_raises_its_reason(self):
        poor = Keypair.create_from_private_key("0x" + "17" * 32, crypto_type=KeypairType.ECDSA)
        with self.assertRaisesRegex(SubstrateRequestException, "Inability to pay some fees"):
            self.transfer(stranger(), ZIV, sender=poor)
        self.transfer(stranger(), ZIV)
        with self.assertRaisesRegex(SubstrateRequestException, "outdated"):
            self.transfer(stranger(), ZIV, nonce=0)

    def test_mortal_transaction_with_tip_is_taken(self):
        receipt = self.transfer(stranger(), ZIV, era={"period": 64}, tip=77)
        paid = next(event for event in receipt.triggered_events if event.value["event_id"] == "TransactionFeePaid")
        self.assertEqual(paid.value["attributes"]["tip"], 77)

    def test_long_call_is_signed_by_its_hash(self):
        self.assertTrue(self.send("System", "remark", {"remark": "0x" + "ab" * 1_000}).is_success)

    def test_fee_is_asked_of_the_node(self):
        call = self.chain.compose_call("System", "remark", {"remark": "0x01"})
        extrinsic = self.chain.create_signed_extrinsic(call, self.sender)
        info = self.chain.runtime_call("TransactionPaymentApi", "query_info", [extrinsic, extrinsic.data.length]).value
        self.assertGreater(info["partialFee"], 0)

    def test_blocks_are_decoded(self):
        receipt = self.transfer(stranger(), ZIV)
        block = self.chain.get_block(block_hash=receipt.block_hash)
        calls = [extrinsic.value["call"]["call_function"] for extrinsic in block["extrinsics"]]
        self.assertEqual(calls[0], "set")
        self.assertIn("transfer_keep_alive", calls)

    def test_heads_are_followed(self):
        with SubstrateInterface(url=self.node.ws) as chain:
            seen = []

            def handler(block, _number, _id):
                seen.append(block["header"]["number"])
                return seen if len(seen) == 4 else None

            numbers = chain.subscribe_block_headers(handler)
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 4)))

    def test_storage_is_followed(self):
        receiver = stranger()
        with SubstrateInterface(url=self.node.ws) as chain:
            seen = []

            def handler(info, _update, _id):
                seen.append(info.value["data"]["free"])
                if len(seen) == 1:
                    self.transfer(receiver, 5 * ZIV)
                return seen if len(seen) == 2 else None

            self.assertEqual(chain.query("System", "Account", [receiver], subscription_handler=handler), [0, 5 * ZIV])

    def test_http_serves_as_well_where_nothing_is_followed(self):
        receiver = stranger()
        with SubstrateInterface(url=self.node.http) as chain:
            sender = key_pair("charleth")
            call = chain.compose_call("Balances", "transfer_keep_alive", {"dest": receiver, "value": ZIV})
            chain.submit_extrinsic(chain.create_signed_extrinsic(call, sender))
        eventually(lambda: self.free(receiver) == ZIV, "the transfer")

    def test_program_of_the_cookbook_shows_balance_and_events(self):
        printed = cookbook.run(self.node, "substrateinterface")
        self.assertRegex(printed, r"^free: \d{20,}\n")
        self.assertIn("Balances.Transfer\n", printed)
        self.assertIn("System.ExtrinsicSuccess\n", printed)

    def test_zz_runtime_is_upgraded_under_a_connected_client(self):
        old = self.transfer(stranger(), ZIV)
        set_code = self.chain.compose_call("System", "set_code", {"code": "0x" + upgraded_runtime().hex()})
        receipt = self.send("Sudo", "sudo", {"call": set_code}, sender=key_pair("alith"))
        self.assertTrue(receipt.is_success)
        self.assertIn("CodeUpdated", [event.value["event_id"] for event in receipt.triggered_events])
        eventually(lambda: self.node.rpc("state_getRuntimeVersion")["specVersion"] == 2, "the new version")
        self.chain.init_runtime()
        self.assertEqual(self.chain.runtime_version, 2)
        receipt = self.send("System", "remark_with_topic", {"remark": "0x01", "topic": "0x" + "7a" * 32})
        self.assertTrue(receipt.is_success)
        # Blocks of both versions are decoded.
        for block in (old.block_hash, receipt.block_hash):
            self.assertEqual(self.chain.get_block(block_hash=block)["extrinsics"][0].value["call"]["call_function"], "set")
            self.assertGreater(self.free(self.sender.ss58_address, block), ZIV)


if __name__ == "__main__":
    unittest.main()
