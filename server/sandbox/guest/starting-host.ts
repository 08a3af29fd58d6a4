import type { AccountName, BlockNum } from "@kith/protocol/ids";
import { CallSession, ServiceAbort, type Meter, type QueryHost } from "@kith/protocol/service-abi";

/** What a source sees while it is started: there is no call yet, so there is nobody and nothing to ask about. */
export class StartingHost implements QueryHost {
  readonly session: CallSession = new CallSession();
  readonly meter: Meter;
  /** The beginning of time, for a source that looks at the clock. */
  readonly blockTime = 0;

  constructor(meter: Meter) {
    this.meter = meter;
  }

  get self(): AccountName {
    throw notCalled();
  }

  get blockNum(): BlockNum {
    throw notCalled();
  }

  get(): never {
    throw notCalled();
  }

  range(): never {
    throw notCalled();
  }

  call(): never {
    throw notCalled();
  }

  sha256(): never {
    throw notCalled();
  }
}

function notCalled(): ServiceAbort {
  return new ServiceAbort("not-called-yet", "a source that is started belongs to no account yet");
}
