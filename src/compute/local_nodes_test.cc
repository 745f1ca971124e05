#include "compute/local_nodes.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <stdlib.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/job_folder.h"

namespace batchmill {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LocalNodesTest : public testing::Test {
 protected:
  LocalNodesTest() {
    std::string name = (fs::temp_directory_path() / "batchmill-nodes-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~LocalNodesTest() override { fs::remove_all(folder_); }
  std::string program(const std::string& script) {
    const fs::path path = folder_ / "agent";
    std::ofstream(path) << "#!/bin/sh\n" << script;
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }
  std::string log_when_it_holds(const std::string& text) {
    std::string content;
    for (int i = 0; i < 2000 && content.find(text) == std::string::npos; ++i) {
      std::ostringstream read;
      read << std::ifstream(JobFolder(folder_.string()).agent_log(3)).rdbuf();
      content = read.str();
      poll(nullptr, 0, 5);
    }
    return content;
  }
  Nodes::Request request() const { return {NodeId{3}, folder_.string(), "/some/leader.sock"}; }

  fs::path folder_;
};

TEST_F(LocalNodesTest, StartsADetachedAgent) {
  const int open_here = dup(STDOUT_FILENO);  // inheritable on purpose
  LocalNodes nodes(
      program("echo \"$@\"\necho parent $(cut -d' ' -f4 /proc/$$/stat)\n"
              "echo session $(cut -d' ' -f6 /proc/$$/stat)\n"
              "ls -l /proc/$$/fd\n"
              "echo end\n"));
  ASSERT_TRUE(nodes.start(request()));
  close(open_here);
  const std::string log = log_when_it_holds("end\n");
  EXPECT_THAT(
      log, HasSubstr("node --node 3 --job " + folder_.string() + " --socket /some/leader.sock\n"));
  EXPECT_THAT(log, Not(HasSubstr("parent " + std::to_string(getpid()) + "\n")));
  EXPECT_THAT(log, Not(HasSubstr("session " + std::to_string(getsid(0)) + "\n")));
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t arrow = line.find(" -> ");
    if (arrow == std::string::npos) continue;
    const std::string target = line.substr(arrow + 4);
    EXPECT_TRUE(target == "/dev/null" || target.ends_with("/agent.3.log") ||
                target.ends_with("/agent"))
        << line;
  }
}

TEST_F(LocalNodesTest, NamesAProgramThatIsMissing) {
  LocalNodes nodes("/no/such/batchmill");
  const auto started = nodes.start(request());
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("/no/such/batchmill: No such file"));
}

TEST_F(LocalNodesTest, NamesALogThatCannotBeWritten) {
  std::ofstream(folder_ / "system_logs") << "a file";
  LocalNodes nodes("/bin/true");
  const auto started = nodes.start(request());
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("agent.3.log: Not a directory"));
}

}  // namespace
}  // namespace batchmill
