#include <map>

#include "environment/default_python.h"
#include "environment/local_environments.h"
#include "environment/python_wrappers.h"
#include "fakes/memory_files.h"

namespace batchmill::environment {
namespace {

// Answers like interpreters: program path -> whether it has pandas.
class FakeInterpreters final : public CommandRunner {
 public:
  std::map<std::string, bool> pandas_of;
  std::map<std::string, std::string> executable_of;  // for shims
  int calls = 0;

  Result<CommandOutput> run(const CommandRequest& request) override {
    ++calls;
    const auto known = pandas_of.find(request.argv[0]);
    if (known == pandas_of.end()) return fail(ErrorKind::kNotFound, request.argv[0]);
    const auto shim = executable_of.find(request.argv[0]);
    const std::string self = shim == executable_of.end() ? request.argv[0] : shim->second;
    CommandOutput output;
    output.out = "a start-up file prints this\n{\"python\": \"" + self +
                 "\", \"version\": \"3.11.2\", \"pandas\": " + (known->second ? "true" : "false") +
                 "}\n";
    return output;
  }
};

class LocalEnvironmentsTest : public testing::Test {
 protected:
  void install(const std::string& python, bool pandas) {
    files.put(python, "ELF");
    runner.pandas_of[python] = pandas;
  }
  Result<Interpreter> resolve(const std::string& reference = "") {
    LocalEnvironments environments(runner, files, "/home/u/bin:/opt/py/bin:/usr/bin");
    EnvironmentSpec spec;
    spec.reference = reference;
    return environments.resolve(spec, rules);
  }

  fakes::MemoryFiles files;
  FakeInterpreters runner;
  EnvironmentRules rules{"/w", {}, ""};
};

TEST_F(LocalEnvironmentsTest, TheDefaultIsTheFirstOnPathThatHasPandas) {
  install("/opt/py/bin/python3", true);
  install("/usr/bin/python3", true);
  EXPECT_EQ(resolve()->python, "/opt/py/bin/python3");
}

TEST_F(LocalEnvironmentsTest, TheSystemsPythonIsTakenWhenOnlyItHasPandas) {
  install("/opt/py/bin/python3", false);
  install("/usr/bin/python3", true);
  EXPECT_EQ(resolve()->python, "/usr/bin/python3");
}

TEST_F(LocalEnvironmentsTest, WithoutPandasAnywhereTheFirstIsTaken) {
  install("/opt/py/bin/python3", false);
  install("/usr/bin/python3", false);
  const auto interpreter = resolve();
  EXPECT_EQ(interpreter->python, "/opt/py/bin/python3");
  EXPECT_FALSE(interpreter->has_pandas);
}

TEST_F(LocalEnvironmentsTest, WithoutAnyPythonTheErrorSaysHowToGetOne) {
  const auto interpreter = resolve();
  ASSERT_FALSE(interpreter.has_value());
  EXPECT_THAT(interpreter.error().message, testing::HasSubstr("apt install python3"));
}

TEST_F(LocalEnvironmentsTest, AShimIsReplacedByWhatItStarts) {
  install("/opt/py/bin/python3", true);
  runner.executable_of["/opt/py/bin/python3"] = "/opt/py/versions/3.11/bin/python3";
  EXPECT_EQ(resolve()->python, "/opt/py/versions/3.11/bin/python3");
}

TEST_F(LocalEnvironmentsTest, AMappedEnvironmentWinsOverTheDefault) {
  install("/usr/bin/python3", true);
  install("/venv/bin/python", false);
  rules.mapping = {{"azureml:torch:*", "/venv/bin/python"}};
  const auto interpreter = resolve("azureml:torch:4");
  EXPECT_EQ(interpreter->python, "/venv/bin/python");
  EXPECT_TRUE(interpreter->is_mapped);
  EXPECT_FALSE(resolve("azureml:sklearn:1")->is_mapped);
}

TEST_F(LocalEnvironmentsTest, AMappedInterpreterThatIsGoneIsAnErrorThatNamesIt) {
  rules.mapping = {{"*", "/gone/python"}};
  const auto interpreter = resolve("azureml:x:1");
  ASSERT_FALSE(interpreter.has_value());
  EXPECT_THAT(interpreter.error().message, testing::HasSubstr("/gone/python"));
}

TEST_F(LocalEnvironmentsTest, AnInterpreterIsAskedAgainOnlyWhenItsFileChanges) {
  install("/usr/bin/python3", true);
  ASSERT_TRUE(resolve().has_value());
  ASSERT_TRUE(resolve().has_value());
  EXPECT_EQ(runner.calls, 1);
  files.set_modified("/usr/bin/python3", WallTime{5});
  ASSERT_TRUE(resolve().has_value());
  EXPECT_EQ(runner.calls, 2);
}

TEST_F(LocalEnvironmentsTest, ABrokenCacheIsAskedAgain) {
  install("/usr/bin/python3", true);
  files.put("/w/environments/interpreters.json", "{\"/usr/bin/python3\": {\"modified\": 0}}");
  EXPECT_EQ(resolve()->version, "3.11.2");
}

TEST_F(LocalEnvironmentsTest, TheBinFolderHoldsExecutableWrappers) {
  install("/usr/bin/python3", true);
  const std::string folder = resolve()->bin_folder;
  for (const char* name : {"python", "python3", "pip"}) {
    const std::string path = folder + "/" + name;
    EXPECT_TRUE(files.is_executable(path)) << path;
    EXPECT_THAT(*files.read(path), testing::HasSubstr("exec '/usr/bin/python3'"));
  }
}

TEST(PythonWrappers, QuoteWhatAShellWouldRead) {
  EXPECT_EQ(python_wrappers("/it's/python").at("python"),
            "#!/bin/sh\nexec '/it'\\''s/python' \"$@\"\n");
}

}  // namespace
}  // namespace batchmill::environment
