"""The benchmark's page: whole, self-contained, made of files alone, and true to the numbers in them."""

import json
import re
import shutil
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from bench_folder import METHODS, judge_untrained, make_plan

from mimicgait.bench import run_bench
from mimicgait.bench.jobs import plan_candidates
from mimicgait.bench.judge import score_file
from mimicgait.bench.methods import find_method
from mimicgait.bench.report import Looking, looked_at
from mimicgait.bench.report.curves import amount_curves, read_cmc
from mimicgait.bench.report.lookfile import look_file, read_look
from mimicgait.bench.write import write_results
from mimicgait.errors import ConfigError
from mimicgait.evaluation.suites import find_suite


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    found = make_plan(tmp_path_factory.mktemp("page"))
    judge_untrained(found)
    for candidate in looked_at(found):
        Looking(found, candidate)()
    return found


@pytest.fixture(scope="module")
def result(plan):
    return write_results(plan, "mimicgait bench --config plan.yaml")


@pytest.fixture(scope="module")
def text(plan, result):
    return (plan.out / "bench.html").read_text()


@pytest.fixture(scope="module")
def parsed(text, read_page):
    return read_page(text)


def test_page_asks_nobody_for_anything(text, parsed):
    parsed.refuse_others()
    assert "@import" not in text
    assert "url(" not in text


def test_every_link_leads_to_a_section(parsed):
    names = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    links = [a["href"][1:] for tag, a in parsed.tags if tag == "a"]
    assert len(names) == len(set(names))
    assert set(links) <= set(names)
    assert {"result", "suites", "nearest", "amount", "matrix", "signatures", "cost", "again"} <= set(links)


def test_figures_have_words_and_wide_tables_are_reached_by_the_keyboard(text, parsed):
    drawn = re.findall(r"<svg class=\"plot\".*?</svg>", text, flags=re.DOTALL)
    forest, nearest, amount = 1, 1 + 1 + 2, 2  # complete, the paper's, both galleries; two types
    assert len(drawn) >= 2 * (forest + nearest + amount) + 2 * len(METHODS)
    for figure in drawn:
        ElementTree.fromstring(figure)
    figures = [a for tag, a in parsed.tags if tag == "svg" and a["class"] == "plot"]
    assert all(figure["role"] == "img" and len(figure["aria-label"]) > 20 for figure in figures)
    assert all(len(a["alt"]) > 20 for tag, a in parsed.tags if tag == "img")
    rolling = [a for _, a in parsed.tags if a.get("class") == "scroll"]
    assert rolling
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in rolling)
    assert "prefers-color-scheme: dark" in text


def test_the_head_table_has_the_numbers_and_marks_the_best(text, result):
    head = text[text.index('id="result"') : text.index("</section>")]
    lines = [r for r in result["results"] if r["suite"] == "paper-40-60"]
    for line in lines:
        assert f"{line['rp']['value']:.2f}<" in head
        assert f"{line['rp']['low']:.2f}-{line['rp']['high']:.2f}" in head
    for backbone in ("small", "other"):
        best = max(r["mAP"] for r in lines if r["backbone"] == backbone)
        assert f'<td class="best">{100 * best:.1f}<span class="unseen"> (best)' in head


def test_curves_are_those_of_the_scores(plan, result):
    candidate = plan_candidates(plan)[-1]
    score = json.loads(score_file(plan, candidate, find_suite("paper-40-60"), None).read_text())
    expected = score["cases"]["top or bottom"]["score"]["runs"][0]["cmc"]
    found = read_cmc(plan)[candidate.backbone, "paper-40-60", "top or bottom"][candidate.method]
    assert found == pytest.approx(expected[:20])
    curves = amount_curves(result["results"], "small")
    assert list(curves) == ["top", "pole"]
    named = {(r["backbone"], r["method"], r["case"]): r for r in result["results"] if r["suite"] == "curve"}
    assert curves["pole"]["mimic"][30] == named["small", "mimic", "pole 30"]["rp"]["value"]
    assert curves["pole"]["baseline1"][0] == 1


def test_curves_stand_by_case_where_backbones_are_more(plan, tmp_path):
    shutil.copytree(plan.out / "scores", tmp_path / "scores")
    shutil.copytree(tmp_path / "scores" / "small", tmp_path / "scores" / "third")
    more = {**plan.backbones, "third": plan.backbones["small"]}
    found = write_results(
        replace(plan, out=tmp_path, backbones=more, suites=("paper-40-60",)), "mimicgait bench"
    )
    text = (tmp_path / "bench.html").read_text()
    folds = re.findall(r"<summary>([^<]*)</summary>\s*<div class=\"small\"><figure><h4>([^<]*)", text)
    assert folds == [("complete sequences", "small"), ("paper-40-60", "small")]
    cost = text[text.index('id="cost"') :]
    assert cost.index(">small<") < cost.index(">MimicGait<") < cost.index(">other<") < cost.index(">third<")
    assert len(found["costs"]) == 9


def test_heat_maps_have_the_teachers_row_where_there_is_one(text):
    section = text[text.index('id="matrix"') : text.index('id="signatures"')]
    assert section.count("complete (teacher)") == 2  # MimicGait's alone, of both backbones
    assert section.count("<table") == 2 * len(METHODS)


def test_plans_that_share_a_folder_leave_each_others_files_alone(plan, result):
    before = plan.file(".json").read_bytes()
    few = replace(plan, name="few", suites=("paper-40-60",))
    assert {each["suite"] for each in write_results(few, "mimicgait bench")["results"]} == {"paper-40-60"}
    assert plan.file(".json").read_bytes() == before
    assert json.loads((plan.out / "few.json").read_text())["config"]["name"] == "few"
    assert "few.json beside this page" in (plan.out / "few.html").read_text()
    assert (plan.out / "few.md").exists()
    with pytest.raises(ConfigError, match=r"name '\.\./few'"):
        replace(plan, name="../few")


def test_a_part_of_the_results_is_enough(plan, tmp_path, read_page):
    part = replace(plan, out=tmp_path, suites=("matrix",))
    write_results(part, "mimicgait bench")
    page = read_page((tmp_path / "bench.html").read_text())
    assert not [1 for tag, a in page.tags if tag == "svg"]
    assert any("has been judged under every suite" in words for words in page.words)


def test_a_report_alone_judges_nothing_and_keeps_what_made_it(plan, result, tmp_path):
    told = []
    (plan.out / "bench.html").unlink()
    run_bench(replace(plan, report_only=True), told.append, "mimicgait bench --jobs 7")
    assert told == []
    again = json.loads((plan.out / "bench.json").read_text())
    assert again == json.loads(json.dumps(result))
    assert "--jobs 7" not in (plan.out / "bench.html").read_text()


def test_foreign_names_are_escaped(plan):
    write_results(plan, "mimicgait bench --out <script>alert(1)</script>")
    assert "<script>" not in (plan.out / "bench.html").read_text()


def test_a_closer_look_is_taken_once_and_again_when_damaged(plan):
    candidate = looked_at(plan)[-1]
    path = look_file(plan, candidate)
    first, before = read_look(path), path.stat().st_mtime_ns
    Looking(plan, candidate)()
    assert path.stat().st_mtime_ns == before
    path.write_bytes(path.read_bytes()[:-200])
    assert read_look(path) is None
    Looking(plan, candidate)()
    again = read_look(path)
    assert again.scatter.places.tolist() == first.scatter.places.tolist()
    assert [f.probe.key for f in again.failures] == [f.probe.key for f in first.failures]


def test_the_last_method_is_looked_at_where_no_other_is(plan):
    assert [c.method for c in looked_at(plan)] == list(METHODS)
    only = replace(plan, methods=("baseline1", "l2", "mickd"))
    assert [c.method for c in looked_at(only)] == ["baseline1", "mickd"]
    assert {find_method(c.method).title for c in looked_at(only)} == {
        "Baseline-1 (teacher)",
        "MiCKD, no guidance",
    }
