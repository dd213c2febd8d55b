/** Header by which proxy.ts tells a page its own address, and the one with the nonce of its scripts. */
export const pathHeader = "x-slipway-path";
export const nonceHeader = "x-nonce";
