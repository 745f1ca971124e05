#include "workspace/resume_from.h"

#include "workspace/compare_code.h"
#include "workspace/submit_job.h"
#include "workspace/workspace_fixture.h"

namespace batchmill::workspace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ResumeFromTest : public testing::Test, protected WorkspaceFixture {
 protected:
  void SetUp() override {
    put_scoring_project();
    files.put("/home/u/project/src/lib/x.py", "1\n");
  }
  Submission submit(const std::string& name, const std::string& from, bool accept = false) {
    SubmitRequest request;
    request.check.file = "/home/u/project/p.yml";
    request.check.name = name;
    request.resume_from = from;
    request.accept_new_code = accept;
    auto submission = submit_job(request, workspace, parts);
    EXPECT_TRUE(submission) << submission.error().message;
    return submission.value_or(Submission{});
  }
  // A job that ended after its step had begun.
  void submit_first() {
    EXPECT_EQ(submit("first", "").job, "first");
    stored("first").status = JobStatus::kFailed;
    files.put("/w/jobs/first/steps/score/ledger.db", "");
  }
  PipelinePlan plan_of(const std::string& job) {
    return *pipeline::plan_from_json(stored(job).plan);
  }
};

TEST_F(ResumeFromTest, ThePlanNamesTheEarlierJob) {
  submit_first();
  EXPECT_EQ(submit("second", "first").job, "second");
  EXPECT_EQ(plan_of("second").resume_from, "first");
  EXPECT_FALSE(plan_of("second").accept_new_code);
  EXPECT_EQ(plan_of("first").resume_from, "");
  EXPECT_EQ(stored("second").properties["batchmill.resume_from"], "first");
  EXPECT_FALSE(stored("first").properties.contains("batchmill.resume_from"));
}

TEST_F(ResumeFromTest, Spec5_9ChangedCodeIsRefusedWithItsFiles) {
  submit_first();
  files.put("/home/u/project/src/score.py", "def run(b): return list(b)\n");
  files.put("/home/u/project/src/new.py", "");
  ASSERT_TRUE(files.remove_tree("/home/u/project/src/lib"));
  const Submission refused = submit("second", "first");
  EXPECT_EQ(refused.job, "");
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->message,
            "the code of step 'score' differs from that of 'first', whose rows would be kept");
  EXPECT_THAT(refused.refusal->details,
              ElementsAre("changed: score.py", "new:     new.py", "gone:    lib/x.py"));
  EXPECT_EQ(refused.refusal->help,
            "batchmill job create -f /home/u/project/p.yml --resume-from first --accept-new-code");
  EXPECT_FALSE(files.exists("/w/jobs/second"));

  EXPECT_EQ(submit("second", "first", true).job, "second");
  EXPECT_TRUE(plan_of("second").accept_new_code);
}

TEST_F(ResumeFromTest, ChangedCodeOfAStepThatNeverBeganIsNoMatter) {
  submit_first();
  ASSERT_TRUE(files.remove("/w/jobs/first/steps/score/ledger.db"));
  files.put("/home/u/project/src/score.py", "def run(b): return list(b)\n");
  EXPECT_EQ(submit("second", "first").job, "second");
}

TEST_F(ResumeFromTest, CodeThatIsGoneIsSaidToBe) {
  submit_first();
  ASSERT_TRUE(files.remove_tree(plan_of("first").steps[0].code));
  files.put("/home/u/project/src/score.py", "def run(b): return list(b)\n");
  const Submission refused = submit("second", "first");
  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->details,
              ElementsAre(HasSubstr("the code as it was is gone: /w/snapshots/")));
}

TEST_F(ResumeFromTest, AJobThatDoesNotExistIsAnErrorWithNearNames) {
  submit_first();
  SubmitRequest request;
  request.check.file = "/home/u/project/p.yml";
  request.resume_from = "frist";
  const auto submission = submit_job(request, workspace, parts);
  ASSERT_FALSE(submission);
  EXPECT_EQ(submission.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(submission.error().message, HasSubstr("there is no job 'frist'"));
  EXPECT_THAT(submission.error().message, HasSubstr("near: first"));
}

TEST_F(ResumeFromTest, OnlyOfJobsThatHaveEnded) {
  submit_first();
  stored("first").status = JobStatus::kRunning;
  leaders.living.clear();
  Submission refused = submit("second", "first");
  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->message, HasSubstr("'first' is NotResponding"));
  leaders.living.insert("/w/jobs/first/leader.lock");
  refused = submit("second", "first");
  EXPECT_THAT(refused.refusal->message, HasSubstr("'first' is Running"));
  EXPECT_THAT(refused.refusal->details, ElementsAre("wait for it: batchmill job stream -n first",
                                                    "or stop it:  batchmill job cancel -n first"));
}

TEST_F(ResumeFromTest, AStepIsNoJob) {
  submit_first();
  const Submission refused = submit("second", "first_score");
  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->message, HasSubstr("'first_score' is a step"));
  EXPECT_EQ(refused.refusal->help, "name the job: first");
}

TEST_F(ResumeFromTest, AtLeastOneStepIsInCommon) {
  JobRecord other = job("other", JobStatus::kCompleted);
  PipelinePlan plan = *pipeline::plan_from_json(other.plan);
  plan.steps[1].name = "rate";
  other.plan = pipeline::plan_to_json(plan);
  put(other, false);
  const Submission refused = submit("second", "other");
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->message, "'other' has no step in common with this file");
  EXPECT_THAT(refused.refusal->details,
              ElementsAre("steps there: train, rate", "steps here:  score"));
}

TEST_F(ResumeFromTest, AStepOfAnotherKindIsNotInCommon) {
  JobRecord other = job("other", JobStatus::kCompleted);
  PipelinePlan plan = *pipeline::plan_from_json(other.plan);
  plan.steps[1].spec = CommandSpec{};
  other.plan = pipeline::plan_to_json(plan);
  put(other, false);
  EXPECT_TRUE(submit("second", "other").refusal);
}

TEST_F(ResumeFromTest, AStepMayNameTheJobOrItsStepItself) {
  submit_first();
  PipelinePlan plan = plan_of("first");
  std::string& own = std::get<ParallelSpec>(plan.steps[0].spec).resume_from.value;
  own = "first";
  EXPECT_FALSE(*check_resume_from(plan, "c", workspace, parts));
  plan.steps[0].name = "rate";
  const auto refused = check_resume_from(plan, "c", workspace, parts);
  ASSERT_TRUE(refused && *refused);
  EXPECT_EQ((*refused)->message,
            "step 'rate' is to take over results of 'first', which has no parallel step of that "
            "name");
  EXPECT_THAT((*refused)->details, ElementsAre("parallel steps of 'first': score"));
  own = "first_score";
  EXPECT_FALSE(*check_resume_from(plan, "c", workspace, parts)) << "a step's job says which";
  stored("first").status = JobStatus::kRunning;
  EXPECT_TRUE(*check_resume_from(plan, "c", workspace, parts)) << "its job has not ended";
  std::get<ParallelSpec>(plan.steps[0].spec).resume_from = {
      "frist", SettingOrigin::kNode, {"p.yml", 9, 18, 23}};
  const auto unknown = check_resume_from(plan, "c", workspace, parts);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message,
              StartsWith("p.yml:9:18: resume_from: there is no job 'frist'"));
}

TEST(CompareCode, LooksAtBytesAndModes) {
  fakes::MemoryFiles files;
  files.put("/a/same", "1");
  files.put("/a/other", "1");
  files.put("/a/mode", "1");
  files.put("/b/same", "1");
  files.put("/b/other", "2");
  files.put("/b/mode", "1");
  ASSERT_TRUE(files.make_executable("/b/mode"));
  const CodeChanges changes = *compare_code("/a", "/b", files);
  EXPECT_THAT(changes.changed, ElementsAre("mode", "other"));
  EXPECT_THAT(changes.added, IsEmpty());
  EXPECT_TRUE(compare_code("/a", "/a", files)->empty());
  EXPECT_THAT(compare_code("", "/a", files)->added, ElementsAre("mode", "other", "same"));
}

TEST(CompareCode, LongListsAreCut) {
  CodeChanges changes;
  for (int i = 0; i < 12; ++i) changes.added.push_back(std::to_string(i));
  EXPECT_THAT(lines_of(changes), ElementsAre("new:     0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"));
}

}  // namespace
}  // namespace batchmill::workspace
