export { describeStorage } from "./service";
