/** Proxies inside a cluster or a VPC, whichever private range it has. */
export const privateNetworks = '10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fc00::/7';
