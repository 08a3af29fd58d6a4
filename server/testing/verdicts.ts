import type { Chain } from "@kith/chain/chain";
import type { SealedBlock } from "@kith/protocol/block";
import { verifyEd25519 } from "@kith/protocol/ed25519";
import type { BlockNum } from "@kith/protocol/ids";
import { parsePublicKey } from "@kith/protocol/keys";
import { verifyP256 } from "@kith/protocol/p256";
import { prepareTransaction, type PreparedTransaction } from "@kith/protocol/transactions";

/** What `applyBlock` wants beside a block: its transactions decoded, and whether all native proofs of each hold. */
export type Checked = {
  readonly transactions: readonly (PreparedTransaction | undefined)[];
  readonly verdicts: readonly boolean[];
};

export function checkTransactions(chain: Chain, block: SealedBlock): Checked {
  const transactions = block.transactions.map((bytes) => {
    const prepared = prepareTransaction(bytes);
    return prepared.ok ? prepared.value : undefined;
  });
  const verdicts = transactions.map(
    (transaction) =>
      transaction !== undefined && isProved(chain, transaction, block.header.blockNum),
  );
  return { transactions, verdicts };
}

function isProved(chain: Chain, transaction: PreparedTransaction, including: BlockNum): boolean {
  const checks = chain.signatureChecks(transaction, including);
  if (!checks.ok) return false;
  return checks.value.checks.every(({ message, publicKey, signature }) => {
    const key = parsePublicKey(publicKey);
    if (!key.ok) return false;
    const { kind, raw } = key.value;
    const verify = kind === "ed25519" ? verifyEd25519 : verifyP256;
    return verify(message, raw, signature);
  });
}
