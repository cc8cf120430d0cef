"""TEMPORARY stand-in by the lead: canonical CSV/Parquet only; the sources helper replaces this file whole."""
import hashlib
from pathlib import Path
import pandas as pd
from playbook.errors import PlaybookError, Problem
from playbook.sources.contracts import CONTRACTS, DTYPES, empty
def _files(campaign, data_dir):
    out=[]
    for s in campaign.sources.values():
        found=sorted((Path(data_dir)/campaign.id).glob(s.files))
        if not found: raise PlaybookError(Problem(file=f"data/{campaign.id}",place=f"sources.{s.id}.files",value=s.files,rule="no file matches",remedy="Put it there."))
        out+=[(s,f) for f in found]
    return out
def inputs(campaign, data_dir, params_dir):
    return {str(f.relative_to(data_dir)): hashlib.sha256(f.read_bytes()).hexdigest() for _,f in _files(campaign,data_dir)}
def load(campaign, data_dir, run_dir, params_dir):
    t={k:empty(k) for k in CONTRACTS}
    for s,f in _files(campaign,data_dir):
        if s.platform or s.mapping: continue
        d=pd.read_parquet(f) if f.suffix==".parquet" else pd.read_csv(f)
        if s.channel: d["channel"]=s.channel
        c=CONTRACTS[s.table]
        for col in c.columns:
            if col.name not in d: d[col.name]=col.default or pd.Series(dtype=DTYPES[col.kind])
            d[col.name]=pd.to_datetime(d[col.name]).astype(DTYPES[col.kind]) if col.kind in("day","moment") else d[col.name].astype(DTYPES[col.kind])
        t[s.table]=pd.concat([t[s.table],d],ignore_index=True) if len(t[s.table]) else d
    o=Path(run_dir)/"tables"/"canonical"; o.mkdir(parents=True,exist_ok=True)
    for k,v in t.items(): v.to_parquet(o/f"{k}.parquet")
    t["rejects"]=pd.DataFrame(columns=["file","line","table","column","value","rule"])
    return t
def check(*a): return []
