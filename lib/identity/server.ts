export { authorize, systemContext } from "./authorize";
