use super::*;
use crate::net::wire::dhcp4::ReplyKind;

const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const SERVER_MAC: Mac = Mac([2, 0, 0, 0, 0, 9]);

fn reply() -> Reply {
    Reply {
        kind: ReplyKind::Ack,
        xid: 1,
        mac: Mac([2, 0, 0, 0, 0, 1]),
        address: Ipv4Addr::new(192, 0, 2, 7),
        server: Some(SERVER),
        subnet_mask: Some(Ipv4Addr::new(255, 255, 255, 0)),
        routers: vec![SERVER],
        dns_servers: vec![SERVER],
        domain_name: None,
        ntp_servers: Vec::new(),
        lease_time: Some(3600),
        renewal_time: None,
        rebinding_time: None,
        routes: None,
        message: None,
    }
}

fn judge(change: impl FnOnce(&mut Reply)) -> Result<Lease, &'static str> {
    let mut reply = reply();
    change(&mut reply);
    Lease::judge(&reply, SERVER_MAC)
}

fn seconds(times: Option<Times>) -> Option<(u64, u64, u64)> {
    times.map(|times| (times.renew.as_secs(), times.rebind.as_secs(), times.expire.as_secs()))
}

#[test]
fn what_no_host_could_use_is_refused_with_the_reason() {
    let address = |octets: [u8; 4]| judge(move |reply| reply.address = octets.into()).map(drop);
    let mask = |octets: [u8; 4]| judge(move |reply| reply.subnet_mask = Some(octets.into())).map(drop);
    let unusable = Err("an address that no host can have");
    for octets in [[0, 0, 0, 0], [127, 0, 0, 1], [224, 0, 0, 1], [255; 4], [192, 0, 2, 0], [192, 0, 2, 255]] {
        assert_eq!(address(octets), unusable, "{octets:?}");
    }
    for octets in [[255, 0, 255, 0], [0, 0, 0, 0], [254, 0, 0, 0], [0, 255, 255, 255]] {
        assert_eq!(mask(octets), Err("a broken subnet mask"), "{octets:?}");
    }
    assert_eq!(judge(|reply| reply.subnet_mask = None).map(drop), Err("no subnet mask"));
    assert_eq!(judge(|reply| reply.server = None).map(drop), Err("it does not say who it is"));
    assert_eq!(judge(|reply| reply.lease_time = None).map(drop), Err("no lease time"));
    assert_eq!(judge(|reply| reply.lease_time = Some(9)).map(drop), Err("a lease time below 10 s"));
}

#[test]
fn links_of_one_or_two_addresses_have_no_network_address() {
    for (mask, address, length) in
        [([255; 4], [192, 0, 2, 0], 32), ([255, 255, 255, 254], [192, 0, 2, 1], 31)]
    {
        let lease = judge(|reply| {
            reply.address = address.into();
            reply.subnet_mask = Some(mask.into());
        });
        assert_eq!(lease.unwrap().address.prefix_len(), length);
    }
}

#[test]
fn times_that_are_missing_or_out_of_order_are_made_from_the_lease_time() {
    let times = |renewal: Option<u32>, rebinding: Option<u32>| {
        let lease = judge(|reply| (reply.renewal_time, reply.rebinding_time) = (renewal, rebinding));
        seconds(lease.unwrap().times)
    };
    assert_eq!(times(None, None), Some((1800, 3150, 3600)));
    assert_eq!(times(Some(600), Some(1200)), Some((600, 1200, 3600)));
    assert_eq!(times(Some(0), Some(0)), Some((1800, 3150, 3600)));
    assert_eq!(times(Some(4000), Some(3600)), Some((1800, 3150, 3600)));
    assert_eq!(times(Some(1200), Some(700)), Some((400, 700, 3600)));
    assert_eq!(judge(|reply| reply.lease_time = Some(u32::MAX)).unwrap().times, None);
}

#[test]
fn classless_routes_take_the_place_of_the_router_option() {
    let default: Ipv4Net = "0.0.0.0/0".parse().unwrap();
    let network: Ipv4Net = "198.51.100.0/24".parse().unwrap();
    let other = Ipv4Addr::new(192, 0, 2, 2);
    let lease = judge(|reply| reply.routes = Some(vec![(network, SERVER), (default, other)])).unwrap();
    assert_eq!((lease.routers, lease.routes), (vec![other], vec![(network, SERVER)]));
    assert!(judge(|reply| reply.routes = Some(vec![(network, SERVER)])).unwrap().routers.is_empty());
}

#[test]
fn servers_that_no_packet_can_reach_are_left_out() {
    let nonsense = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST, Ipv4Addr::new(192, 0, 2, 7), SERVER];
    let lease =
        judge(|reply| (reply.routers, reply.dns_servers) = (nonsense.to_vec(), nonsense.to_vec())).unwrap();
    assert_eq!(lease.routers, [SERVER]);
    assert_eq!(lease.dns_servers, [Ipv4Addr::new(192, 0, 2, 7), SERVER]);
}
