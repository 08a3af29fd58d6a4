import { Button } from "@kith/ui/button";
import { Card } from "@kith/ui/card";
import { Icon } from "@kith/ui/icon";
import {
  deviceIcon,
  editIcon,
  passkeyIcon,
  printerIcon,
  removeIcon,
  signOutIcon,
} from "@kith/ui/icons";
import { List } from "@kith/ui/list";
import { Menu } from "@kith/ui/menu";
import { RelativeTime } from "@kith/ui/relative-time";
import { listState } from "@kith/ui/remote";
import { useState } from "preact/hooks";

import { ActError } from "./act-error.tsx";
import { AddDevice } from "./add-device.tsx";
import { useAct, useAnswer } from "./data/hooks.ts";
import type { DeviceShown } from "./data/source.ts";
import { ForUsers } from "./for-users.tsx";
import { dayOf, listTexts } from "./list-texts.ts";
import { PageHead } from "./page-head.tsx";
import { RenameDevice } from "./rename-device.tsx";
import { reasonOf, texts } from "./texts.ts";

export function DevicesPage() {
  return (
    <>
      <PageHead title={texts.devices} lead={texts.devicesLead} />
      <ForUsers>
        <Devices />
        <AddDevice />
        <OtherWays />
      </ForUsers>
    </>
  );
}

function Devices() {
  const { remote, retry } = useAnswer(({ devices }) => devices(), "devices");
  const [renamed, setRenamed] = useState<DeviceShown | undefined>(undefined);
  const act = useAct();
  return (
    <Card>
      <List
        state={listState(remote, (devices) => devices, reasonOf)}
        keyOf={({ id }) => id}
        texts={listTexts(texts.devices, texts.devicesLoading)}
        empty={texts.devicesEmpty}
        onRetry={retry}
      >
        {(device) => (
          <Device
            device={device}
            onRename={() => setRenamed(device)}
            onRemove={() => void act.run((to) => to.removeDevice(device.id))}
          />
        )}
      </List>
      <ActError act={act} />
      <RenameDevice device={renamed} onDone={() => setRenamed(undefined)} act={act} />
    </Card>
  );
}

const icons = { device: deviceIcon, passkey: passkeyIcon, recovery: printerIcon } as const;

type DeviceProps = {
  readonly device: DeviceShown;
  readonly onRename: () => void;
  readonly onRemove: () => void;
};

function Device({ device, onRename, onRemove }: DeviceProps) {
  const { role, label, isThis, addedAt, youngUntil } = device;
  return (
    <div class="flex items-center gap-3 py-2">
      <Icon node={icons[role]} size={22} />
      <div class="min-w-0 flex-1">
        <p class="truncate font-semibold">{label}</p>
        <p class="flex flex-wrap gap-x-2 text-small text-quiet">
          <span class={isThis ? "font-semibold text-ink" : ""}>
            {isThis ? texts.thisDevice : texts.roles[role]}
          </span>
          <RelativeTime time={addedAt} />
        </p>
        {youngUntil !== undefined && (
          <p class="text-small text-warning">{texts.young(dayOf(youngUntil))}</p>
        )}
      </div>
      <Menu
        label={texts.deviceActions(label)}
        items={[
          { label: texts.rename, icon: editIcon, onSelect: onRename },
          { label: texts.remove, icon: removeIcon, danger: true, onSelect: onRemove },
        ]}
      />
    </div>
  );
}

/** For the day when there is no device left. */
function OtherWays() {
  const act = useAct();
  return (
    <Card class="grid gap-4">
      <Way
        label={texts.addPasskey}
        hint={texts.passkeyHint}
        icon={passkeyIcon}
        onClick={() => void act.run((to) => to.addPasskey())}
      />
      <Way
        label={texts.makeCode}
        hint={texts.codeHint}
        icon={printerIcon}
        onClick={() => void act.run((to) => to.makeRecoveryCode())}
      />
      <Way
        label={texts.endSessions}
        hint={texts.endSessionsHint}
        icon={signOutIcon}
        onClick={() => void act.run((to) => to.endSessions())}
      />
      <ActError act={act} />
    </Card>
  );
}

type WayProps = {
  readonly label: string;
  readonly hint: string;
  readonly icon: typeof deviceIcon;
  readonly onClick: () => void;
};

function Way({ label, hint, icon, onClick }: WayProps) {
  return (
    <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p class="min-w-60 flex-1 text-quiet">{hint}</p>
      <Button icon={icon} onClick={onClick}>
        {label}
      </Button>
    </div>
  );
}
