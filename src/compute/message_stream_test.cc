#include "compute/message_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/channel.pb.h"

namespace batchmill::compute {
namespace {

protocol::ToAgent lease(std::uint64_t planned) {
  protocol::ToAgent message;
  message.set_epoch(3);
  message.mutable_lease()->set_planned(planned);
  return message;
}

TEST(MessageStream, SurvivesEverySplit) {
  std::string bytes;
  for (std::uint64_t i : {0, 1, 1000}) append_message(bytes, lease(i));
  append_message(bytes, protocol::ToAgent());  // an empty message is a message
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    MessageStream stream;
    std::vector<protocol::ToAgent> messages;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      stream.feed(std::string_view(bytes).substr(at, step));
      while (const auto found = *stream.next()) {
        ASSERT_TRUE(
            messages.emplace_back().ParseFromArray(found->data(), static_cast<int>(found->size())));
      }
    }
    ASSERT_EQ(messages.size(), 4u) << step;
    EXPECT_EQ(messages[2].lease().planned(), 1000u);
    EXPECT_EQ(messages[3].body_case(), protocol::ToAgent::BODY_NOT_SET);
  }
}

TEST(MessageStream, RefusesAnImpossibleLength) {
  MessageStream stream;
  stream.feed("\x7f\xff\xff\xff");
  EXPECT_FALSE(stream.next());
}

}  // namespace
}  // namespace batchmill::compute
