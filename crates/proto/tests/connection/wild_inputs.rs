//! Inputs that other implementations were seen to echo, to misread or to die of: here each is
//! refused with the code that tells the peer why.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::frame::Opcode;

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{
    BINARY, CLOSE, CONTINUATION, Frame, KEY, LenForm, PING, PONG, TEXT, header, wire,
};

fn assert_1002(wire: &[u8], fault: PeerFault) {
    assert_refused(Role::Server, wire, &[], Fault::Peer(fault), 1002);
}

fn assert_1007(wire: &[u8], fault: PeerFault) {
    assert_refused(Role::Server, wire, &[], Fault::Peer(fault), 1007);
}

#[test]
fn server_refuses_a_frame_without_mask_that_others_echo() {
    let hello = Frame::new(BINARY, "hello").bytes(None, LenForm::Shortest);
    assert_1002(&hello, PeerFault::NotMasked);
}

#[test]
fn server_refuses_lengths_that_others_take_or_die_of() {
    let hello = Frame::new(BINARY, "hello");
    for (form, bytes) in [(LenForm::Bits16, 2), (LenForm::Bits64, 8)] {
        let fault = PeerFault::LengthNotMinimal { len: 5, bytes };
        assert_1002(&hello.bytes(Some(KEY), form), fault);
    }
    let top_bit = header(&hello, Some(KEY), LenForm::Bits64, 1 << 63 | 5);
    assert_1002(&top_bit, PeerFault::LengthTopBit(1 << 63 | 5));
    let long_ping = Frame::new(PING, [0; 126]).from(Role::Client);
    assert_1002(&long_ping, PeerFault::ControlTooLong(Opcode::Ping));
}

#[test]
fn server_refuses_bits_and_opcodes_that_others_drop_silently() {
    for rsv in [4, 2] {
        let frame = Frame::new(BINARY, "hello").rsv(rsv).from(Role::Client);
        assert_1002(&frame, PeerFault::ReservedBits(Opcode::Binary));
    }
    let unknown = Frame::new(0x3, "").from(Role::Client);
    assert_1002(&unknown, PeerFault::ReservedOpcode(3));
}

#[test]
fn server_refuses_text_that_others_echo_unchecked() {
    let bad = Frame::new(TEXT, b"\xFF\xFE").from(Role::Client);
    assert_1007(&bad, PeerFault::Utf8 { valid_up_to: 0 });
    let split = [
        Frame::new(TEXT, b"\xCE").no_fin(),
        Frame::new(CONTINUATION, "A"),
    ];
    let bad = wire(Role::Client, &split);
    assert_1007(&bad, PeerFault::Utf8 { valid_up_to: 1 });
}

#[test]
fn server_refuses_fragments_out_of_place() {
    let ping = Frame::new(PING, "").no_fin().from(Role::Client);
    assert_1002(&ping, PeerFault::ControlFragmented(Opcode::Ping));
    let first = Frame::new(CONTINUATION, "a").from(Role::Client);
    assert_1002(&first, PeerFault::ContinuationWithoutStart);
    let inside = [Frame::new(TEXT, "a").no_fin(), Frame::new(TEXT, "b")];
    let fault = PeerFault::MessageInsideMessage(Opcode::Text);
    assert_1002(&wire(Role::Client, &inside), fault);
}

#[test]
fn server_refuses_close_bodies_that_others_take() {
    let one_byte = Frame::new(CLOSE, [3]).from(Role::Client);
    assert_1002(&one_byte, PeerFault::CloseLenOne);
    let no_status = Frame::close(1005, "").from(Role::Client);
    assert_1002(&no_status, PeerFault::CloseCode(1005));
    let bad_reason = Frame::close(1000, b"\xFF").from(Role::Client);
    assert_1007(&bad_reason, PeerFault::CloseReasonUtf8);
}

#[test]
fn server_reads_the_good_inputs_beside_them() {
    let split = [
        Frame::new(TEXT, b"\xCE").no_fin(),
        Frame::new(CONTINUATION, b"\xBA"),
    ];
    let text = [Seen::text("κ")];
    assert_received(Role::Server, &wire(Role::Client, &split), &text, &[]);
    let ping = Frame::new(PING, "ok").from(Role::Client);
    let pong = [Frame::new(PONG, "ok")];
    assert_received(Role::Server, &ping, &[Seen::Ping], &pong);
    let close = Frame::close(1000, "").from(Role::Client);
    let event = Seen::Close(Some(1000), String::new());
    assert_received(Role::Server, &close, &[event], &[Frame::close(1000, "")]);
}
