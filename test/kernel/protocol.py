"""The Jupyter project's own tests of kernels, all of them, and requests that those tests leave out."""

from __future__ import annotations

import unittest
from collections.abc import Callable

import jupyter_kernel_test as peer

from checks import check, equal, main
from client import KERNEL, SPEC_NAMES, Kernel
from samples import code

LANGUAGE = ("python", ".py") if KERNEL == "python" else ("typescript", ".ts")


class Everything(peer.KernelTests):
    """Every sample is given, so no test of the base class may skip."""

    kernel_name = SPEC_NAMES[KERNEL]
    language_name, file_extension = LANGUAGE
    code_hello_world = code.hello
    code_stderr = code.hello_stderr
    completion_samples = [{"text": code.completion[0], "matches": [code.completion[1]]}]
    complete_code_samples = [code.complete, code.trivial]
    incomplete_code_samples = [code.incomplete]
    invalid_code_samples = [code.invalid]
    code_page_something = code.page
    code_generate_error = code.throw
    code_execute_result = [{"code": f"{n} * 7", "result": str(n * 7)} for n in (6, 7, 8)]
    code_display_data = [{"code": code.displays.replace("COUNT", "1"), "mime": "text/html"}]
    code_history_pattern = "8 * ?"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = code.inspected
    code_clear_output = code.clear_output


class Welcome(peer.IopubWelcomeTests):
    support_iopub_welcome = True


def peer_check(name: str) -> Callable[[Kernel], None]:
    def body(kernel: Kernel) -> None:
        Everything.km, Everything.kc = kernel.manager, kernel.client
        passes(Everything(name))

    return body


def passes(case: unittest.TestCase) -> None:
    """A failure, an error or a skip of the case or of one of its subtests fails the check."""
    result = unittest.TestResult()
    case.run(result)
    equal(result.testsRun, 1, "tests run")
    skipped = [f"skipped: {reason}" for _, reason in result.skipped]
    failed = [f"{subtest}: {text.strip()[-600:]}" for subtest, text in result.failures + result.errors]
    assert not skipped + failed, "\n".join(skipped + failed)


for _name in unittest.defaultTestLoader.getTestCaseNames(Everything):
    check(f"jupyter_kernel_test: {_name}")(peer_check(_name))


@check("jupyter_kernel_test: test_recv_iopub_welcome_msg", limit=10)
def iopub_welcome() -> None:
    with Kernel() as kernel:
        kernel.client.stop_channels()
        Welcome.km, Welcome.kc = kernel.manager, kernel.manager.blocking_client()
        passes(Welcome("test_recv_iopub_welcome_msg"))
        Welcome.kc.stop_channels()


@check("kernel_info says status, protocol 5.3 or later, and what front ends need of the language")
def kernel_info(kernel: Kernel) -> None:
    info = kernel.request("kernel_info_request", {})
    equal(info["status"], "ok", "status")
    assert info["protocol_version"] >= "5.3", info["protocol_version"]
    for key in ("implementation", "implementation_version", "banner"):
        assert info[key], f"{key} is empty"
    for key in ("name", "version", "mimetype", "file_extension"):
        assert info["language_info"].get(key), f"language_info.{key} is empty"


@check("every cell is announced with its code and its number, which go up by one")
def execute_input(kernel: Kernel) -> None:
    first, second = kernel.must(code.trivial), kernel.must(code.hello)
    equal(second.count, first.count + 1, "the second number")
    announced = [{"code": code.hello, "execution_count": second.count}]
    equal(second.all("execute_input"), announced, "execute_input")
    equal(first.all("execute_result")[0]["execution_count"], first.count, "the result's number")


@check("a silent cell publishes nothing of its own and does not count")
def silent(kernel: Kernel) -> None:
    before = kernel.must(code.trivial).count
    cell = kernel.run(code.trivial, silent=True)
    equal((cell.status, cell.messages), ("ok", []), "the silent cell")
    equal(kernel.must(code.trivial).count, before + 1, "the next number")


@check("an empty cell succeeds")
def empty(kernel: Kernel) -> None:
    for text in ("", "  \n\n"):
        equal((kernel.must(text).result, kernel.must(text).errors), (None, []), f"outputs of {text!r}")


@check("user expressions are evaluated after the cell, each with its own error")
def user_expressions(kernel: Kernel) -> None:
    cell = kernel.run(code.trivial, user_expressions={"good": "6 * 7", "bad": "not_defined_anywhere"})
    replies = cell.reply["user_expressions"]
    equal(replies["good"]["status"], "ok", "status of the good one")
    equal(replies["good"]["data"]["text/plain"], "42", "value of the good one")
    equal(replies["bad"]["status"], "error", "status of the bad one")


@check("comm_info_request is answered")
def comm_info(kernel: Kernel) -> None:
    equal(kernel.request("comm_info_request", {}), {"status": "ok", "comms": {}}, "the reply")


@check("a comm to a target that nobody registered is closed again")
def comm_open(kernel: Kernel) -> None:
    message = kernel.client.session.msg("comm_open", {"comm_id": "c1", "target_name": "nobody", "data": {}})
    kernel.client.shell_channel.send(message)
    id = message["header"]["msg_id"]
    kernel.wait(lambda: id in kernel.idle, 15, "idle after comm_open")
    closed = [m["content"]["comm_id"] for m in kernel.published(id) if m["msg_type"] == "comm_close"]
    equal(closed, ["c1"], "the comms that were closed")


@check("unknown requests and wrongly signed ones are ignored, and the kernel goes on")
def nonsense(kernel: Kernel) -> None:
    session = kernel.client.session
    kernel.client.shell_channel.send(session.msg("no_such_request", {"a": 1}))
    kernel.client.control_channel.send(session.msg("no_such_request", {"a": 1}))
    key, session.key = session.key, b"a wrong key"
    kernel.client.shell_channel.send(session.msg("execute_request", {"code": code.throw}))
    session.key = key
    kernel.client.shell_channel.socket.send_multipart([b"no", b"message", b"at", b"all"])
    kernel.must(code.trivial)
    equal([m["content"] for m in kernel.order[-20:] if m["msg_type"] == "error"], [], "errors published")


@check("every request is framed by busy and idle, control requests too")
def framed(kernel: Kernel) -> None:
    for kind, content, channel in (
        ("kernel_info_request", {}, "shell"),
        ("kernel_info_request", {}, "control"),
        ("is_complete_request", {"code": code.complete}, "shell"),
        ("complete_request", {"code": "a", "cursor_pos": 1}, "shell"),
        ("history_request", {"hist_access_type": "tail", "n": 1, "output": False, "raw": True}, "shell"),
    ):
        before = len(kernel.order)
        kernel.request(kind, content, channel)
        kernel.wait(lambda: len(kernel.order) >= before + 2, 15, f"two messages about {kind} on {channel}")
        states = [m["content"].get("execution_state") for m in kernel.order[before:]]
        equal(states, ["busy", "idle"], f"states around {kind} on {channel}")
        equal({m["parent_header"]["msg_type"] for m in kernel.order[before:]}, {kind}, "their parent")


if __name__ == "__main__":
    main()
