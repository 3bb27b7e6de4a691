"""Python's async-substrate-interface, its asynchronous and its synchronous client."""

import asyncio
import dataclasses
import unittest

from async_substrate_interface import AsyncSubstrateInterface, SubstrateInterface
from async_substrate_interface.errors import SubstrateRequestException
from eth_keys import keys
from eth_utils import keccak

import cookbook
from node import KEYS, ZIV, Node, eventually, stranger, upgraded_runtime


@dataclasses.dataclass
class KeyPair:
    """What the library wants of who signs, for an Ethereum-style account."""

    secret: str
    crypto_type: int = 2
    ss58_format: int = 42

    @property
    def key(self):
        return keys.PrivateKey(bytes.fromhex(self.secret[2:]))

    @property
    def public_key(self):
        return self.key.public_key.to_canonical_address()

    @property
    def ss58_address(self):
        return self.key.public_key.to_checksum_address()

    def sign(self, data):
        return self.key.sign_msg_hash(keccak(bytes(data))).to_bytes()


async def free(chain, address, block=None):
    account = await chain.query("System", "Account", [address], block_hash=block)
    return account.value["data"]["free"]


async def send(chain, module, function, params, sender, **options):
    call = await chain.compose_call(module, function, params)
    extrinsic = await chain.create_signed_extrinsic(call, sender, **options)
    return await chain.submit_extrinsic(extrinsic, wait_for_finalization=True)


async def events(receipt):
    return [event["event"]["event_id"] for event in await receipt.triggered_events]


class AsyncTests(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node()
        cls.sender = KeyPair(KEYS["baltathar"])

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()

    async def asyncSetUp(self):
        # unittest turns on what makes each call slow and loud.
        asyncio.get_running_loop().set_debug(False)
        self.chain = AsyncSubstrateInterface(self.node.ws)
        await self.chain.initialize()
        self.addAsyncCleanup(self.chain.close)

    async def transfer(self, dest, value, sender=None, **options):
        params = {"dest": dest, "value": value}
        return await send(self.chain, "Balances", "transfer_keep_alive", params, sender or self.sender, **options)

    async def test_chain_is_described(self):
        self.assertEqual((await self.chain.properties)["tokenSymbol"], "ZIV")
        self.assertEqual(await self.chain.token_decimals, 18)
        self.assertEqual(await self.chain.get_block_hash(0), self.node.rpc("chain_getBlockHash", 0))

    async def test_values_maps_constants_and_runtime_calls_are_read(self):
        head = await self.chain.get_chain_finalised_head()
        self.assertGreater(await free(self.chain, self.sender.ss58_address), 1_000 * ZIV)
        result = await self.chain.query_map("System", "Account", block_hash=head, page_size=2)
        infos = [info async for _, info in result]
        self.assertGreaterEqual(len(infos), 6)
        total = sum(info["data"]["free"] + info["data"]["reserved"] for info in infos)
        issuance = await self.chain.query("Balances", "TotalIssuance", block_hash=head)
        self.assertEqual(issuance, total)
        prefix = await self.chain.get_constant("System", "SS58Prefix")
        self.assertEqual(prefix, 42)
        nonce = await self.chain.runtime_call("AccountNonceApi", "account_nonce", [KeyPair(KEYS["dorothy"]).ss58_address])
        self.assertEqual(nonce, 0)
        version = await self.chain.runtime_call("Core", "version")
        self.assertEqual(version["spec_name"], "ziver")

    async def test_many_keys_and_calls_go_in_one_batch(self):
        addresses = [KeyPair(secret).ss58_address for secret in KEYS.values()]
        keys = [await self.chain.create_storage_key("System", "Account", [address]) for address in addresses]
        self.assertTrue(all(info["data"]["free"] > ZIV for _, info in await self.chain.query_multi(keys)))
        # Requests at the same time, told apart by ids that are strings.
        balances = await asyncio.gather(*(free(self.chain, address) for address in addresses * 10))
        self.assertTrue(all(balance > ZIV for balance in balances))

    async def test_transfer_is_final_with_receipt_and_events(self):
        receiver = stranger()
        receipt = await self.transfer(receiver, 3 * ZIV)
        self.assertTrue(await receipt.is_success)
        self.assertGreater(await receipt.total_fee_amount, 0)
        names = await events(receipt)
        self.assertIn("Transfer", names)
        self.assertEqual(names[-1], "ExtrinsicSuccess")
        self.assertEqual(await free(self.chain, receiver, receipt.block_hash), 3 * ZIV)

    async def test_failing_transfer_has_its_error(self):
        receipt = await self.transfer(stranger(), 10**30)
        self.assertFalse(await receipt.is_success)
        self.assertEqual((await receipt.error_message)["name"], "Token")
        remark = await self.chain.compose_call("System", "remark", {"remark": "0x01"})
        receipt = await send(self.chain, "Sudo", "sudo", {"call": remark}, self.sender)
        self.assertEqual((await receipt.error_message)["name"], "RequireSudo")

    async def test_refused_transaction_raises_its_reason(self):
        with self.assertRaisesRegex(SubstrateRequestException, "Inability to pay some fees"):
            await self.transfer(stranger(), ZIV, sender=KeyPair("0x" + "17" * 32))

    async def test_mortal_transaction_with_tip_is_taken(self):
        receipt = await self.transfer(stranger(), ZIV, era={"period": 64}, tip=77)
        self.assertTrue(await receipt.is_success)

    async def test_heads_are_followed(self):
        seen = []

        async def handler(block):
            seen.append(block["header"]["number"])
            return seen if len(seen) == 4 else None

        numbers = await self.chain.subscribe_block_headers(handler)
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 4)))

    async def test_storage_is_followed(self):
        # An account that is there: the library fails at a value that is missing.
        receiver = KeyPair(KEYS["dorothy"]).ss58_address
        before = await free(self.chain, receiver)
        key = await self.chain.create_storage_key("System", "Account", [receiver])
        seen, changed = [], asyncio.Event()

        # It returns nothing, for the library trips over the end of a storage subscription; it is cancelled instead.
        async def handler(_key, info, _id):
            seen.append(info["data"]["free"])
            if len(seen) == 2:
                changed.set()

        following = asyncio.create_task(self.chain.subscribe_storage([key], handler))
        await self.transfer(receiver, 5 * ZIV)
        await asyncio.wait_for(changed.wait(), 30)
        following.cancel()
        self.assertEqual(seen, [before, before + 5 * ZIV])

    async def test_missing_runtime_function_is_known_by_its_text(self):
        with self.assertRaisesRegex(SubstrateRequestException, "Exported method Nothing_here is not found"):
            await self.chain.rpc_request("state_call", ["Nothing_here", "0x"])

    async def test_program_of_the_cookbook_shows_balance_and_events(self):
        printed = cookbook.run(self.node, "async_substrate_interface")
        self.assertRegex(printed, r"^free: \d{20,}\n")
        self.assertIn("Balances.Transfer\n", printed)
        self.assertIn("System.ExtrinsicSuccess\n", printed)


class SyncTests(unittest.TestCase):
    def test_transfer_and_upgrade_under_a_connected_client(self):
        node = Node("--sealing", "interval=200", "--state-pruning", "archive")
        self.addCleanup(node.stop)
        chain = SubstrateInterface(node.ws)
        self.addCleanup(chain.close)

        def send(module, function, params, secret):
            call = chain.compose_call(module, function, params)
            extrinsic = chain.create_signed_extrinsic(call, KeyPair(secret))
            return chain.submit_extrinsic(extrinsic, wait_for_finalization=True)

        old = send("Balances", "transfer_keep_alive", {"dest": stranger(), "value": ZIV}, KEYS["baltathar"])
        self.assertTrue(old.is_success)
        set_code = chain.compose_call("System", "set_code", {"code": "0x" + upgraded_runtime().hex()})
        receipt = send("Sudo", "sudo", {"call": set_code}, KEYS["alith"])
        self.assertTrue(receipt.is_success)
        self.assertIn("CodeUpdated", [event["event"]["event_id"] for event in receipt.triggered_events])
        eventually(lambda: node.rpc("state_getRuntimeVersion")["specVersion"] == 2, "the new version")
        runtime = chain.init_runtime()
        self.assertEqual(runtime.runtime_version, 2)
        topic = {"remark": "0x01", "topic": "0x" + "7a" * 32}
        new = send("System", "remark_with_topic", topic, KEYS["baltathar"])
        self.assertTrue(new.is_success)
        for block in (old.block_hash, new.block_hash):
            calls = [extrinsic.value["call"]["call_function"] for extrinsic in chain.get_block(block_hash=block)["extrinsics"]]
            self.assertEqual(calls[0], "set")


if __name__ == "__main__":
    unittest.main()
