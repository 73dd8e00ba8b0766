import pytest
from click.testing import CliRunner

from callcenter.cli.engine.forecast import forecast
from callcenter.cli.engine.roster import roster
from callcenter.cli.engine.simulate import simulate_command
from callcenter.cli.engine.staff import staff


@pytest.mark.parametrize("command", [forecast, roster, simulate_command, staff])
def test_a_place_that_cannot_be_written_is_refused_at_once(command, tmp_path):
    source = tmp_path / "source"
    source.write_text("nothing that could be read\n")
    out = tmp_path / "nowhere" / "out.csv"

    answer = CliRunner().invoke(command, [str(source), "--out", str(out)])

    assert answer.exit_code == 2
    assert "there is no folder" in answer.output
