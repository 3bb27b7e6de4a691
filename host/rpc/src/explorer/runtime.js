// What is known of the chain's runtime.

// The first eight bytes of the blake2b hashes of their names.
const RUNTIME_APIS = {
  '0xdf6acb689907609b': 'Core', '0x37e397fc7c91f5e4': 'Metadata', '0x40fe3ad401f8959a': 'BlockBuilder', '0xd2bc9897eed08f15': 'TaggedTransactionQueue',
  '0xbc9d89904f5b923f': 'AccountNonceApi', '0x37c8bb1350a9a2a8': 'TransactionPaymentApi', '0xfbc577b9d747efd6': 'GenesisBuilder',
};

function runtimePage() {
  const { version } = chain;
  if (!version) return notice('Runtime', 'Not known yet.');
  return {
    title: 'Runtime',
    nodes: [
      heading('Runtime', `${version.specName} ${version.specVersion}`),
      card('Version', '', table([
        ['Spec name', version.specName], ['Spec version', String(version.specVersion)],
        ['Implementation', `${version.implName} ${version.implVersion}`],
        ['Transaction version', String(version.transactionVersion)], ['Authoring version', String(version.authoringVersion)],
        ['State version', String(version.stateVersion ?? '–')], ['System version', String(version.systemVersion ?? '–')],
      ])),
      card('Chain', '', table([
        ['Genesis', mono(to('block', chain.genesis, chain.genesis))], ['Chain type', chain.type], ['Token', `${chain.symbol}, ${chain.decimals} decimals`],
      ])),
      card('Runtime APIs', grouped(version.apis.length), table(version.apis.map(([id, number]) =>
        [RUNTIME_APIS[id] ?? mono(id), el('span', {}, `version ${number} `, RUNTIME_APIS[id] ? el('span', { class: 'mono soft' }, id) : null)]))),
    ],
  };
}
