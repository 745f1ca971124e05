#include "cli/show_settings.h"

#include <nlohmann/json.hpp>

#include "cli/cli_fixture.h"

namespace batchmill::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ShowSettingsTest : public CliTest {
 protected:
  // A job whose step `score` has begun.
  void add_begun(const std::string& name) {
    JobRecord record = job(name, JobStatus::kRunning);
    record.steps[1].settings =
        R"([{"name":"timeout","value":"60","origin":"default","place":""},)"
        R"({"name":"mini_batch_size","value":"5","origin":"node","place":"p.yml:24:5"}])";
    put(record, true);
  }
};

TEST_F(ShowSettingsTest, ATableForPeople) {
  add_begun("a");
  EXPECT_EQ(run("job show -n a_score --settings"), 0) << terminal.err;
  EXPECT_EQ(terminal.out,
            "Name             Value    Origin    Place\n"
            "---------------  -------  --------  ----------\n"
            "timeout          60       default\n"
            "mini_batch_size  5        node      p.yml:24:5\n");
  EXPECT_EQ(run("job show -n a --settings"), 0);
  EXPECT_THAT(terminal.out, HasSubstr("score   timeout          60       default\n"));
  EXPECT_EQ(terminal.err, "") << "the command step of the job is no matter here";
}

TEST_F(ShowSettingsTest, AListForPrograms) {
  add_begun("a");
  EXPECT_EQ(run("job show -n a_score --settings -o json"), 0);
  const json list = json::parse(terminal.out);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1], json({{"step", "score"},
                           {"name", "mini_batch_size"},
                           {"value", "5"},
                           {"origin", "node"},
                           {"place", "p.yml:24:5"}}));
  EXPECT_EQ(run("job show -n a --settings --query [0].value -o tsv"), 0);
  EXPECT_EQ(terminal.out, "60\n");
}

TEST_F(ShowSettingsTest, StepsThatHaveNotBegunAreNamed) {
  add("a", JobStatus::kNotStarted, true);
  EXPECT_EQ(run("job show -n a --settings"), 0);
  EXPECT_EQ(terminal.out, "");
  EXPECT_EQ(terminal.err, "NOTICE: 'a_score' has not begun; the effective values are known then\n");
  EXPECT_EQ(run("job show -n a --settings -o json"), 0);
  EXPECT_EQ(terminal.out, "[]\n");
  add("b", JobStatus::kCanceled, false);
  EXPECT_EQ(run("job show -n b_score --settings"), 0);
  EXPECT_EQ(terminal.err, "NOTICE: 'b_score' ended before its settings were known\n");
}

TEST_F(ShowSettingsTest, OtherStepsHaveNone) {
  add("a", JobStatus::kCompleted, false);
  EXPECT_EQ(run("job show -n a_train --settings"), 1);
  EXPECT_EQ(terminal.out, "");
  EXPECT_EQ(terminal.err,
            "ERROR: 'a_train' is a command step; only parallel steps have settings\n"
            "  help: batchmill job show -n a_score --settings\n");
  JobRecord record = job("b", JobStatus::kCompleted);
  record.steps.pop_back();
  put(record, false);
  EXPECT_EQ(run("job show -n b --settings"), 1);
  EXPECT_THAT(terminal.err, HasSubstr("'b' has no parallel step"));
}

}  // namespace
}  // namespace batchmill::cli
