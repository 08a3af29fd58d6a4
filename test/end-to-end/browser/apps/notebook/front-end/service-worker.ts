import { keepOffline } from "@kith/sdk/service-worker";
import { files } from "kith:files";

keepOffline({ files });
