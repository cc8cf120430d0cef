"""The sample workspace.

Parameters as a team would write them, data as the platforms export them, and the truth.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from playbook import params
from playbook.errors import PlaybookError, Problem
from playbook.params.model import Campaign
from playbook.shipped import SCORECARDS
from playbook.simulate import (
    autumn_launch,
    content,
    customers,
    double11,
    exports,
    funnel,
    journeys,
    market,
    pages,
    people,
    trials,
    truth,
)
from playbook.simulate.made import Made
from playbook.simulate.scene import PERIODS, REPORTED, ChannelSpec, Scene
from playbook.simulate.units import unit_rows

SEED = 20261031
SCENES = (double11.SCENE, autumn_launch.SCENE)
SITE = "(site)"
TRUTH = "data/truth.json"
NAMED_AT_MOST = 8
"""Files that a sentence names."""

CANONICAL = (
    "date",
    "currency",
    "impressions",
    "clicks",
    "visits",
    "bounces",
    "engagements",
    "conversions",
    "orders",
    "new_customers",
    "revenue",
    "spend",
)
ON_SITE = (
    "date",
    "channel",
    "campaign_unit",
    "currency",
    "visits",
    "bounces",
    "orders",
    "new_customers",
    "revenue",
)
ORDERS = ("order_id", "customer_id", "ordered_at", "revenue", "discount", "refund", "channel")


def write(root: Path, seed: int = SEED) -> list[Path]:
    """Write params/ and data/ of the sample workspace; the same seed writes the same bytes.

    Args:
        root: Workspace; folders are made where missing. A file that is there already stays if it is
            the same, and is replaced if it is the unchanged one of a sample with another seed.
        seed: Of everything that is random.

    Returns:
        Every file of the sample, parameters first.

    Raises:
        PlaybookError: Files of the same names hold something else, or may not be written; nothing
            is written then.
    """
    wanted = _contents(seed)
    changed = [name for name in wanted if _is_taken(root, name, wanted)]
    if changed:
        former = _former_contents(root)
        foreign = [name for name in changed if _is_taken(root, name, former)]
        if foreign:
            raise PlaybookError(_not_ours(root, foreign))
    try:
        for name, content in wanted.items():
            if not (root / name).is_file() or name in changed:
                _put(root / name, content)
    except OSError as error:
        raise PlaybookError(Problem.of_file(Path(error.filename or root), error)) from None
    return [root / name for name in wanted]


def _is_taken(root: Path, name: str, contents: Mapping[str, bytes]) -> bool:
    """Whether something else than the wanted content, or than a folder above it, is there."""
    path = root / name
    above = path.relative_to(root).parents
    if any((root / each).exists() and not (root / each).is_dir() for each in above):
        return True
    if path.is_symlink():
        return True
    return path.exists() and not (path.is_file() and path.read_bytes() == contents.get(name))


def _former_contents(root: Path) -> dict[str, bytes]:
    """Return what a sample with another seed, if one was written here, wrote."""
    try:
        seed = json.loads((root / TRUTH).read_text(encoding="utf-8"))["seed"]
        return _contents(seed) if type(seed) is int and seed >= 0 else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _not_ours(root: Path, names: Sequence[str]) -> Problem:
    shown = ", ".join(names[:NAMED_AT_MOST])
    more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    return Problem(
        file=str(root),
        rule=f"holds files that the sample would overwrite: {shown}{more}",
        remedy="Choose another folder with --root, or move these files away.",
    )


def _contents(seed: int) -> dict[str, bytes]:
    """Return name below the workspace and content of every file of the sample."""
    contents = {f"params/{name}": content for name, content in parameter_files()}
    with TemporaryDirectory() as folder:
        for name, content in contents.items():
            _put(Path(folder) / name, content)
        truths = []
        for scene in SCENES:
            plans = {
                period: params.load(scene.campaign, period, Path(folder) / "params")
                for period in PERIODS
            }
            made = _made(scene, plans, seed)
            for name, content in _data_files(made, plans[REPORTED], seed):
                contents[f"data/{scene.campaign}/{name}"] = content
            truths += truth.truths(made, seed)
    text = json.dumps({"seed": seed, "truths": truths}, ensure_ascii=False, indent=1)
    return {**contents, TRUTH: f"{text}\n".encode()}


def parameter_files() -> Iterator[tuple[str, bytes]]:
    """Yield name below params/ and content of every parameters file of the sample."""
    templates = files("playbook.simulate") / "templates"
    for scene in SCENES:
        for name in ("campaign.yml", *(f"{period}.yml" for period in PERIODS)):
            yield f"{scene.campaign}/{name}", (templates / scene.campaign / name).read_bytes()
    for file in sorted(SCORECARDS.glob("*.yml")):
        yield f"scorecards/{file.name}", file.read_bytes()


def _made(scene: Scene, plans: Mapping[str, Campaign], seed: int) -> Made:
    budgets: dict[str, dict[str, float]] = {}
    for spec in scene.channels:
        budgets[spec.id] = {period: plan.budget[spec.id] for period, plan in plans.items()}
    flow = funnel.flow(scene, budgets, seed)
    made = customers.orders(scene, flow, seed)
    sold = flow.counted.drop(columns="orders").join(customers.by_day(made), on=["date", "channel"])
    daily = sold.fillna({"orders": 0, "new_customers": 0, "revenue": 0.0}).astype(
        {"orders": int, "new_customers": int}
    )
    units = {
        spec.id: unit_rows(daily[daily["channel"].eq(spec.id)], spec, scene, seed)
        for spec in scene.channels
        if spec.units
    }
    plan, log = content.content(scene, seed)
    return Made(
        scene=scene,
        budgets=budgets,
        flow=flow,
        daily=daily,
        units=units,
        orders=made,
        plan=plan,
        log=log,
        trials=trials.experiment_units(scene, plans[REPORTED].experiments, seed),
    )


def _data_files(made: Made, campaign: Campaign, seed: int) -> Iterator[tuple[str, bytes]]:
    scene = made.scene
    for spec in scene.channels:
        yield from (
            _export(made, spec, campaign)
            if spec.units
            else _canonical(made, spec, campaign.currency)
        )
    on_site = made.daily[made.daily["channel"].isin(made.units)].assign(
        campaign_unit=SITE, currency=campaign.currency
    )
    yield "site/daily.csv", _csv(on_site[list(ON_SITE)])
    yield "orders/orders.parquet", _parquet(made.orders[list(ORDERS)])
    yield "touchpoints/touchpoints.parquet", _parquet(journeys.touchpoints(scene, seed))
    yield "content/plan.csv", _csv(made.plan)
    yield "content/log.csv", _csv(made.log)
    yield "audience/survey.csv", _csv(people.audience(scene, seed))
    yield "market/series.csv", _csv(market.market_series(scene, seed))
    yield "market/competitors.csv", _csv(market.competitors(scene, seed))
    yield "site/checks.parquet", _parquet(pages.site_checks(scene, seed))
    for id, units in made.trials.items():
        yield f"experiments/{id}.parquet", _parquet(units)
    yield "people/staff.csv", _csv(people.staff(scene))
    yield "people/ratings.csv", _csv(people.ratings(scene, seed))


def _export(made: Made, spec: ChannelSpec, campaign: Campaign) -> Iterator[tuple[str, bytes]]:
    rows = made.units[spec.id]
    [source] = [one for one in campaign.sources.values() if one.channel == spec.id]
    render = exports.RENDERERS[str(source.platform)]
    for period, month in rows.groupby(rows["date"].dt.strftime("%Y-%m")):
        yield (
            source.files.replace("*", str(period)),
            render(list(map(_line, month.to_dict("records")))),
        )


def _line(row: Mapping[Any, Any]) -> exports.Line:
    return exports.Line(**{**row, "date": row["date"].date()})


def _canonical(made: Made, spec: ChannelSpec, currency: str) -> Iterator[tuple[str, bytes]]:
    rows = made.daily[made.daily["channel"].eq(spec.id)].assign(currency=currency)
    known = [name for name in CANONICAL if rows[name].notna().any()]
    counts = rows.astype({"engagements": "Int64"}) if "engagements" in known else rows
    yield f"channels/{spec.id}.csv", _csv(counts[known])


def _csv(table: pd.DataFrame) -> bytes:
    """Return the table as CSV that a spreadsheet opens: UTF-8 with BOM, moments to the minute."""
    text = StringIO()
    moments = {
        str(name): column.dt.strftime(
            "%Y-%m-%d" if (column == column.dt.normalize()).all() else "%Y-%m-%d %H:%M"
        )
        for name, column in table.items()
        if column.dtype.kind == "M"
    }
    table.assign(**moments).round(2).to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode("utf-8-sig")


def _parquet(table: pd.DataFrame) -> bytes:
    """Return the table as Parquet without anything that depends on who wrote it, or when."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    buffer = BytesIO()
    pq.write_table(
        arrow,
        buffer,
        compression="zstd",
        compression_level=9,
        coerce_timestamps="ms",
        store_schema=False,
    )
    return buffer.getvalue()


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
