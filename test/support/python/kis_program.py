"""A program in the style of KIS's official samples, which knows nothing of the gateway but the addresses in its yaml.

    kis_program.py CONFIG prod|vps rest|order|socket

Prints one JSON object a line. REST as in the samples: capitalised and lower-case headers mixed, tr_cont always sent, T in a
TR id becomes V for paper trading. Websocket: 46 columns for trades, notices decrypted when the acknowledgement says so.
"""

import asyncio
import json
import subprocess
import sys
from base64 import b64decode
from collections import namedtuple

import requests
import websockets
import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    CONFIG = yaml.safe_load(file)
SERVER = sys.argv[2]
IS_PAPER = SERVER == "vps"
APP_KEY, APP_SECRET = (CONFIG[name] for name in (("paper_app", "paper_sec") if IS_PAPER else ("my_app", "my_sec")))
ACCOUNT = {"CANO": CONFIG["my_paper_stock" if IS_PAPER else "my_acct_stock"], "ACNT_PRDT_CD": CONFIG["my_prod"]}
URL = CONFIG[SERVER]
SOCKET_URL = CONFIG["vops" if IS_PAPER else "ops"]
TRADE_COLUMNS = 46


def say(**facts):
    print(json.dumps(facts, ensure_ascii=False), flush=True)


def base_headers():
    return {"Content-Type": "application/json", "Accept": "text/plain", "charset": "UTF-8", "User-Agent": CONFIG["my_agent"]}


def auth():
    body = {"grant_type": "client_credentials", "appkey": APP_KEY, "appsecret": APP_SECRET}
    answer = requests.post(f"{URL}/oauth2/tokenP", data=json.dumps(body), headers=base_headers())
    if answer.status_code != 200:
        say(step="auth", status=answer.status_code, **answer.json())
        sys.exit(3)
    return answer.json()["access_token"]


def lower_case_header(answer):
    """The samples make a namedtuple of all lower-case headers: a name such as content-type breaks them."""
    fields = {name: answer.headers.get(name) for name in answer.headers.keys() if name.islower()}
    return namedtuple("header", fields.keys())(**fields)


def call(token, path, tr_id, params, post=False):
    if IS_PAPER and tr_id[0] in ("T", "J", "C"):
        tr_id = "V" + tr_id[1:]
    headers = {
        **base_headers(),
        "authorization": f"Bearer {token}",
        "appkey": APP_KEY,
        "appsecret": APP_SECRET,
        "tr_id": tr_id,
        "custtype": "P",
        "tr_cont": "",
    }
    if post:
        answer = requests.post(URL + path, headers=headers, data=json.dumps(params))
    else:
        answer = requests.get(URL + path, headers=headers, params=params)
    if answer.status_code == 200:
        assert lower_case_header(answer).tr_cont is not None
    return answer.status_code, answer.json()


def price_of(token):
    params = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}
    return call(token, "/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100", params)


def rest(token):
    status, answer = price_of(token)
    say(step="price", status=status, code=answer["msg_cd"], price=answer.get("output", {}).get("stck_prpr"))
    params = {
        **ACCOUNT,
        "AFHR_FLPR_YN": "N",
        "OFL_YN": "",
        "INQR_DVSN": "01",
        "UNPR_DVSN": "01",
        "FUND_STTL_ICLD_YN": "N",
        "FNCG_AMT_AUTO_RDPT_YN": "N",
        "PRCS_DVSN": "00",
        "CTX_AREA_FK100": "",
        "CTX_AREA_NK100": "",
    }
    status, answer = call(token, "/uapi/domestic-stock/v1/trading/inquire-balance", "TTTC8434R", params)
    say(step="balance", status=status, code=answer["msg_cd"], holdings=len(answer.get("output1", [])))


def order(token):
    _, answer = price_of(token)
    price = answer.get("output", {}).get("stck_prpr", "0")
    body = {**ACCOUNT, "PDNO": "005930", "ORD_DVSN": "00", "ORD_QTY": "1", "ORD_UNPR": price}
    body |= {"EXCG_ID_DVSN_CD": "KRX", "SLL_TYPE": "", "CNDT_PRIC": ""}
    status, answer = call(token, "/uapi/domestic-stock/v1/trading/order-cash", "TTTC0012U", body, post=True)
    say(step="order", status=status, code=answer["msg_cd"], number=answer.get("output", {}).get("ODNO"))


def decrypted(text, key, iv):
    command = ["openssl", "enc", "-d", "-aes-256-cbc", "-K", key.encode().hex(), "-iv", iv.encode().hex()]
    return subprocess.run(command, input=b64decode(text), capture_output=True, check=True).stdout.decode()


async def socket(token):
    body = {"grant_type": "client_credentials", "appkey": APP_KEY, "secretkey": APP_SECRET}
    answer = requests.post(f"{URL}/oauth2/Approval", data=json.dumps(body), headers=base_headers())
    approval_key = answer.json()["approval_key"]
    ciphers, missing = {}, {"trade", "notice"}
    async with websockets.connect(f"{SOCKET_URL}/tryitout") as connection:
        for tr_id, tr_key in (("H0STCNT0", "005930"), ("H0STCNI9" if IS_PAPER else "H0STCNI0", CONFIG["my_htsid"])):
            header = {"approval_key": approval_key, "tr_type": "1", "custtype": "P", "content-type": "utf-8"}
            await connection.send(json.dumps({"header": header, "body": {"input": {"tr_id": tr_id, "tr_key": tr_key}}}))
        while missing:
            text = await asyncio.wait_for(connection.recv(), 30)
            if text[0] not in "01":
                message = json.loads(text)
                if message["header"]["tr_id"] == "PINGPONG":
                    await connection.pong(text)
                    continue
                tr_id, body = message["header"]["tr_id"], message["body"]
                say(step="registered", tr_id=tr_id, code=body["msg_cd"], encrypt=message["header"]["encrypt"])
                ciphers[tr_id] = (message["header"]["encrypt"], body.get("output", {}))
                if len(ciphers) == 2:
                    await asyncio.get_running_loop().run_in_executor(None, order, token)
                continue
            _, tr_id, count, data = text.split("|")
            encrypt, cipher = ciphers[tr_id]
            if encrypt == "Y":
                data = decrypted(data, cipher["key"], cipher["iv"])
            fields = data.split("^")
            if tr_id == "H0STCNT0" and "trade" in missing:
                assert len(fields) == TRADE_COLUMNS * int(count), f"{len(fields)} fields in {count} records"
                missing.discard("trade")
                say(step="trade", symbol=fields[0], price=fields[2])
            elif tr_id.startswith("H0STCNI") and "notice" in missing:
                missing.discard("notice")
                say(step="notice", columns=len(fields), symbol=fields[8])


if __name__ == "__main__":
    access_token = auth()
    if sys.argv[3] == "socket":
        asyncio.run(socket(access_token))
    else:
        {"rest": rest, "order": order}[sys.argv[3]](access_token)
